// SPDX-License-Identifier: MulanPSL-2.0
// Templates without a compiler. What stands in ${} is text or a component, never markup.
import { Fragment, h, render } from 'preact';
import htm from 'htm';

export const html = htm.bind(h);
export { Fragment, render };
export { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
export { useStore } from './store.js';
