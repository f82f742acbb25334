import type { PointLevel } from '#libs/contracts';

/** Colours of the levels on paper: the four warning colours, and a grey that is not green. Words stand beside them wherever there is room. */
export const levelColours: Record<PointLevel, { fill: string; text: string }> = {
  none: { fill: '#e3f0e6', text: '#27573a' },
  blue: { fill: '#2f6fde', text: '#ffffff' },
  yellow: { fill: '#f5c800', text: '#222222' },
  orange: { fill: '#ef7d00', text: '#222222' },
  red: { fill: '#d11f2c', text: '#ffffff' },
  unknown: { fill: 'url(#grey)', text: '#333333' },
};

/** Curves of one panel, told apart by lightness too. */
export const curveColours = ['#1c4f7c', '#8a4b08', '#3d7a3a', '#6a3d8a', '#7a1f45', '#4d5a66'] as const;
