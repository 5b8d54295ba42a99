// SPDX-License-Identifier: MulanPSL-2.0
// A view that fails takes nothing else with it: the frame stays, and the person is told.
import { Component } from 'preact';
import { html } from './html.js';
import { t } from './lang.js';

export class Boundary extends Component {
	componentDidCatch(error) {
		this.setState({ error });
		// told to whoever looks (a test, a console); the page itself goes on
		setTimeout(() => {
			throw error;
		}, 0);
	}

	componentDidUpdate(before) {
		if (before.place !== this.props.place && this.state.error)
			this.setState({ error: null });
	}

	render() {
		if (!this.state.error)
			return this.props.children;
		return html`<h1>${t('这一页出错了', 'This page failed')}</h1>
			<p class="note bad">${t('写的内容没有丢。请换一页，或重新打开页面。', 'Nothing you wrote is lost. Please go to another page, or open this one again.')}</p>`;
	}
}
