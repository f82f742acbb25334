import type { Consultation, DefenceResponse, PointLevel, TaskView, WallEventType, WarningView } from '#libs/contracts';
import * as scene from '../scene/index.js';

/** What the station tells at this moment of the story, and how a test makes it go on. */
export interface Script {
  /** Actions the page has asked for, in order. */
  acts: { id: string; action: string; body: Record<string, unknown>; key: string | undefined }[];
  warnings: Map<string, WarningView>;
  tasks: Map<string, TaskView>;
  responses: Map<string, DefenceResponse>;
  levels: Record<string, PointLevel>;
  chat: Consultation['chat'];
  /** How far the recorded failure has come, 0…1. */
  progress: number;
  /** Last event told. */
  seq: number;
  /** The one consultation, as it stands. */
  record(): Consultation;
  event(type: WallEventType, payload: unknown): void;
  /** Puts a warning in place and tells the wall. */
  tell(type: WallEventType, warning: WarningView): void;
}

/** The beginning of the story. @param send tells every wall that looks */
export function newScript(send: (message: { seq: number; type: WallEventType; at: number; payload: unknown }) => void): Script {
  const about = (script: Script): WarningView => script.warnings.get('w-slope') ?? scene.warning('w-slope', '5132210100012', 'orange');
  return {
    acts: [],
    warnings: new Map(),
    tasks: new Map(),
    responses: new Map(),
    levels: { ...scene.levels },
    chat: scene.consultation(scene.warning('w-x', '5132210100012', 'orange')).chat,
    progress: 0.35,
    seq: 40,
    record() {
      return { ...scene.consultation(about(this)), chat: this.chat };
    },
    event(type, payload) {
      this.seq += 1;
      send({ seq: this.seq, type, at: Date.now(), payload });
    },
    tell(type, warning) {
      this.warnings.set(warning.id, warning);
      this.levels[warning.hazardPoint] = warning.level;
      this.event(type, warning);
      this.event('point.level', scene.stateOf(warning.hazardPoint, this.progress, warning.level));
    },
  };
}
