#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
"""W5: the first upload of a branch, and a second PC's first download, over 8,000 B/s and 600 ms, clean and cut every
64/32/16/8/4 KiB. line.py JICENG [--seeds 1,2,3,11,12] [--cuts 64,32,16,8,4] [--tls]; bytes are counted by the link and stand
beside the clean run and the compressed size of the same data. The generator and the link are in $JICENG_BENCH."""
import argparse, json, os, re, shutil, signal, sqlite3, statistics, subprocess, sys, tempfile, time, zlib

p = argparse.ArgumentParser()
p.add_argument('program')
p.add_argument('--seeds', default='1,2,3,11,12')
p.add_argument('--cuts', default='64,32,16,8,4')
p.add_argument('--tls', action='store_true')
a = p.parse_args()
program = os.path.abspath(a.program)
root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
bench = os.environ.get('JICENG_BENCH', os.path.join(root, '..', 'shared', 'bench'))
if not os.path.exists(os.path.join(bench, 'link.py')):
    sys.exit('no generator and link: set JICENG_BENCH')
work = tempfile.mkdtemp()
TRIES, SECONDS = 60, 900


def jc(data, *args, must=True):
    r = subprocess.run([program, '--data', os.path.join(work, data)] + list(args), capture_output=True, text=True)
    if must and r.returncode != 0:
        sys.exit('jiceng %s: %s%s' % (' '.join(args), r.stdout, r.stderr))
    return r


class Link:
    def __init__(self, port, cut, seed):
        args = ['--rate', '8000', '--rtt', '0.6'] + (['--cut', str(cut * 1024), '--seed', str(seed)] if cut else [])
        self.p = subprocess.Popen([sys.executable, os.path.join(bench, 'link.py'), '--to', str(port)] + args,
                                  stdout=subprocess.PIPE, text=True)
        self.port = int(self.p.stdout.readline().split()[1])

    def end(self):
        self.p.send_signal(signal.SIGTERM)
        return json.loads(self.p.communicate()[0].strip().split('\n')[-1])


class Hub:
    def __init__(self, data):
        args = [program, '--data', os.path.join(work, data), 'serve', '--listen', '127.0.0.1:0'] + ([] if a.tls else ['--no-tls'])
        self.p = subprocess.Popen(args, stdout=subprocess.PIPE, text=True, env=dict(os.environ, LANG='C'))
        self.port = int(re.search(r'(\d+)$', self.p.stdout.readline().strip()).group(1))

    def url(self, port):
        return '%s://127.0.0.1:%d' % ('https' if a.tls else 'http', port)

    def end(self):
        self.p.send_signal(signal.SIGTERM)
        self.p.wait()


def through(data, hub, cut, seed):
    """Syncs until it is done, over a link; bytes, seconds, cuts, tries."""
    link = Link(hub.port, cut, seed)
    db = sqlite3.connect(os.path.join(work, data, 'jiceng.db'))
    db.execute('UPDATE peer SET url = ?', (hub.url(link.port),))
    db.commit()
    db.close()
    t, tries, code = time.monotonic(), 0, 1
    while code != 0 and tries < TRIES and time.monotonic() - t < SECONDS:
        tries += 1
        code = jc(data, 'sync', must=False).returncode
    t = time.monotonic() - t
    s = link.end()
    return dict(done=code == 0, bytes=s['up'] + s['down'], seconds=t, cuts=s['cuts'], tries=tries)


def one(n, cut, seed):
    h, up, down = 'h%d' % n, 'a%d' % n, 'b%d' % n
    jc(h, 'hub', 'init', '--name', '清水县总工会')
    hub = Hub(h)
    for pc in (up, down):
        jc(pc, 'join', hub.url(hub.port), jc(h, 'hub', 'invite', '--branch', '青石镇工会').stdout.strip())
    jc(up, 'import', os.path.join(work, 'records.jsonl'))
    got = [through(up, hub, cut, seed), through(down, hub, cut, seed)]
    hub.end()
    return got


subprocess.run([sys.executable, os.path.join(bench, 'gen.py'), 'branch', '--out', os.path.join(work, 'w')], check=True, capture_output=True)
records = subprocess.run([sys.executable, os.path.join(bench, 'to_catalogue.py')], check=True, capture_output=True,
                         stdin=open(os.path.join(work, 'w', 'branch.jsonl'))).stdout.decode().splitlines()
open(os.path.join(work, 'records.jsonl'), 'w').write('\n'.join(records) + '\n')
raw = ''.join(json.dumps(json.loads(x)['set'], ensure_ascii=False, sort_keys=True) + '\n' for x in records).encode()
floor = len(zlib.compress(raw, 9))
GOAL = {64: 1.5, 32: 1.5, 16: 1.5, 8: 2.5, 4: 2.5}
n, bad, clean = 0, 0, [None, None]
try:
    for cut in [0] + [int(x) for x in a.cuts.split(',')]:
        rows = [[], []]
        for seed in [int(x) for x in a.seeds.split(',')] if cut else [0]:
            n += 1
            for way, got in enumerate(one(n, cut, seed)):
                rows[way].append(got)
        for way, word in enumerate(('up', 'down')):
            b = statistics.median(x['bytes'] for x in rows[way])
            clean[way] = clean[way] or b
            worst, done = max(x['bytes'] for x in rows[way]) / clean[way], sum(x['done'] for x in rows[way])
            bad += done != len(rows[way]) or (cut != 0 and worst > GOAL.get(cut, 9))
            print('W5 %-4s %-9s %7.0f B  %.2f x clean (worst %.2f)  %.2f x zlib floor  %5.1f s  %4.1f cuts  %d of %d done in %d tries' % (
                word, 'cut %2d K' % cut if cut else 'clean', b, b / clean[way], worst, b / floor,
                statistics.median(x['seconds'] for x in rows[way]), statistics.mean(x['cuts'] for x in rows[way]), done,
                len(rows[way]), max(x['tries'] for x in rows[way])), flush=True)
finally:
    shutil.rmtree(work)
sys.exit(1 if bad else 0)
