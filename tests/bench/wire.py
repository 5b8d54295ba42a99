#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
"""W1 and W2 on the wire: bytes, requests and seconds counted by the link, beside the compressed size of the same
data. wire.py JICENG [--reps 5]; the generator and the link are in $JICENG_BENCH (default ../shared/bench)."""
import json, os, re, shutil, signal, sqlite3, statistics, subprocess, sys, tempfile, time, zlib

program = os.path.abspath(sys.argv[1])
reps = int(sys.argv[3]) if len(sys.argv) > 3 else 5
root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
bench = os.environ.get('JICENG_BENCH', os.path.join(root, '..', 'shared', 'bench'))
if not os.path.exists(os.path.join(bench, 'link.py')):
    sys.exit('no generator and link: set JICENG_BENCH')
work = tempfile.mkdtemp()


def jc(data, *args, **kw):
    r = subprocess.run([program, '--data', os.path.join(work, data)] + list(args), capture_output=True, text=True, **kw)
    if r.returncode != 0:
        sys.exit('jiceng %s: %s%s' % (' '.join(args), r.stdout, r.stderr))
    return r.stdout


def python(script, *args, **kw):
    return subprocess.run([sys.executable, os.path.join(bench, script)] + list(args), check=True, capture_output=True, **kw).stdout


class Link:
    def __init__(self, port, *args):
        self.p = subprocess.Popen([sys.executable, os.path.join(bench, 'link.py'), '--to', str(port)] + list(args),
                                  stdout=subprocess.PIPE, text=True)
        self.port = int(self.p.stdout.readline().split()[1])

    def end(self):
        self.p.send_signal(signal.SIGTERM)
        return json.loads(self.p.communicate()[0].strip().split('\n')[-1])


class Hub:
    def __init__(self, data, tls):
        args = [program, '--data', os.path.join(work, data), 'serve', '--listen', '127.0.0.1:0'] + ([] if tls else ['--no-tls'])
        self.p = subprocess.Popen(args, stdout=subprocess.PIPE, text=True, env=dict(os.environ, LANG='C'))
        self.port = int(re.search(r'(\d+)$', self.p.stdout.readline().strip()).group(1))
        self.scheme = 'https' if tls else 'http'

    def url(self, port=None):
        return '%s://127.0.0.1:%d' % (self.scheme, port or self.port)

    def end(self):
        self.p.send_signal(signal.SIGTERM)
        self.p.wait()


def through(data, hub, port):
    db = sqlite3.connect(os.path.join(work, data, 'jiceng.db'))
    db.execute('UPDATE peer SET url = ?', (hub.url(port),))
    db.commit()
    db.close()


def measured(data, hub, *link):
    l = Link(hub.port, *link)
    through(data, hub, l.port)
    t = time.monotonic()
    jc(data, 'sync')
    t = time.monotonic() - t
    s = l.end()
    return t, s


def total(s):
    return s.get('up', 0) + s.get('down', 0) if 'up' in s else sum(s['bytes'])


def floor(lines):
    raw = ''.join(json.dumps(json.loads(x)['set'], ensure_ascii=False, sort_keys=True) + '\n' for x in lines).encode()
    return len(zlib.compress(raw, 9))


python('gen.py', 'branch', '--out', os.path.join(work, 'w'))
records = python('to_catalogue.py', stdin=open(os.path.join(work, 'w', 'branch.jsonl'))).decode().splitlines()
changes = python('to_catalogue.py', stdin=open(os.path.join(work, 'w', 'increment.jsonl'))).decode().splitlines()
open(os.path.join(work, 'records.jsonl'), 'w').write('\n'.join(records) + '\n')


def run(tls, slow):
    link = ['--rate', '8000', '--rtt', '0.6'] if slow else []
    rows = {'W1': [], 'W2': []}
    for i in range(1 if slow else reps):
        tag = '%d%d%d' % (tls, slow, i)
        jc('h' + tag, 'hub', 'init', '--name', '清水县总工会')
        hub = Hub('h' + tag, tls)
        a = 'a' + tag
        jc(a, 'branch', 'init', '--name', '青石镇工会')
        jc(a, 'join', hub.url(), jc('h' + tag, 'hub', 'invite', '--branch', '青石镇工会').strip())
        jc(a, 'import', os.path.join(work, 'records.jsonl'))
        rows['W1'].append(measured(a, hub, *link))
        for k in range(3):
            one = json.loads(changes[0])
            for name in one['set']:
                one['set'][name] = (one['set'][name] or '') if k == 0 else one['set'][name]
            # the same three fields of another member each time
            member = [json.loads(x) for x in records if json.loads(x)['kind'] == one['kind']][k + 1]
            one['key'] = member['key']
            open(os.path.join(work, 'inc.jsonl'), 'w').write(json.dumps(one, ensure_ascii=False) + '\n')
            jc(a, 'import', os.path.join(work, 'inc.jsonl'))
            rows['W2'].append(measured(a, hub, *link))
        hub.end()
    for name, got in rows.items():
        t = statistics.median(x[0] for x in got)
        b = statistics.median(total(x[1]) for x in got)
        base = floor(records if name == 'W1' else changes[:1])
        print('%s %-5s %-20s %8.0f B both ways  %d request(s)  %6.3f s  zlib floor %d B, ratio %.2f' % (
            name, 'TLS' if tls else 'plain', '8,000 B/s 600 ms' if slow else 'loopback', b,
            statistics.median(x[1].get('requests', x[1].get('reqs', 0)) for x in got), t, base, b / base), flush=True)


try:
    for slow in (False, True):
        for tls in (False, True):
            run(tls, slow)
finally:
    shutil.rmtree(work)
