// SPDX-License-Identifier: MulanPSL-2.0
// A value that components look at: they are drawn again when it is set.
import { useEffect, useState } from 'preact/hooks';

export function createStore(initial) {
	let value = initial;
	const listeners = new Set();

	return {
		get: () => value,
		set(next) {
			if (next === value)
				return;
			value = next;
			listeners.forEach((tell) => tell(value));
		},
		listen(tell) {
			listeners.add(tell);
			return () => listeners.delete(tell);
		},
	};
}

export function useStore(store) {
	const [value, setValue] = useState(store.get());
	useEffect(() => {
		setValue(store.get());
		return store.listen(setValue);
	}, [store]);
	return value;
}
