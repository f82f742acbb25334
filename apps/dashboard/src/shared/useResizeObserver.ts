import { onBeforeUnmount, onMounted, shallowRef, type Ref, type ShallowRef } from 'vue';

export interface Size {
  width: number;
  height: number;
}

/** Inner size of an element in CSS pixels, kept up to date. */
export function useResizeObserver(element: Readonly<Ref<Element | null>>, initial: Size): ShallowRef<Size> {
  const size = shallowRef(initial);
  let observer: ResizeObserver | undefined;
  onMounted(() => {
    if (!element.value) return;
    observer = new ResizeObserver(([entry]) => {
      const box = entry?.contentRect;
      if (box && box.width > 0 && box.height > 0) size.value = { width: Math.round(box.width), height: Math.round(box.height) };
    });
    observer.observe(element.value);
  });
  onBeforeUnmount(() => observer?.disconnect());
  return size;
}
