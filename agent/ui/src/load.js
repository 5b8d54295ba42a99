// SPDX-License-Identifier: MulanPSL-2.0
// Something a view needs from the API: read when it opens, read again when asked, or when data changed.
import { useCallback, useLayoutEffect, useState } from 'preact/hooks';
import { connection } from './session.js';
import { changed } from './changes.js';
import { useStore } from './store.js';

/*
 * fixed: read again only when asked. What is looked at then does not move under the eyes, and is not written down twice
 * where reading is logged.
 */
export function useLoad(read, deps, fixed) {
	const [state, setState] = useState({ data: null, error: null, busy: true });
	const version = useStore(changed);
	const line = useStore(connection);
	const [turn, setTurn] = useState(0);
	const again = useCallback(() => setTurn((n) => n + 1), []);

	// asked for in the moment it is drawn, not after the frame that says that it is being read
	useLayoutEffect(() => {
		let live = true;
		setState((s) => ({ ...s, busy: true }));
		read().then(
			(data) => live && setState({ data, error: null, busy: false }),
			(error) => live && setState((s) => ({ data: s.data, error, busy: false })),
		);
		return () => {
			live = false;
		};
	}, [...deps, fixed ? 0 : version, turn, line === 'ok']);
	return { ...state, again };
}
