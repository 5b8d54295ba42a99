#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
"""Photos that wait do not hold up what is written meanwhile: 20 pictures of 300 kB are on their way over 8,000 B/s and 600 ms,
then members are entered, one after the other; how long after its save is each at the county, and how many pictures are there
by then? photos.py JICENG [--rate 8000] [--edits 3]; the link is in $JICENG_BENCH (default ../shared/bench)."""
import argparse, json, os, re, shutil, signal, sqlite3, struct, subprocess, sys, tempfile, time, zlib

p = argparse.ArgumentParser()
p.add_argument('program')
p.add_argument('--rate', default='8000')
p.add_argument('--edits', type=int, default=3)
a = p.parse_args()
program = os.path.abspath(a.program)
root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
bench = os.environ.get('JICENG_BENCH', os.path.join(root, '..', 'shared', 'bench'))
if not os.path.exists(os.path.join(bench, 'link.py')):
    sys.exit('no link: set JICENG_BENCH')
work = tempfile.mkdtemp()
env = dict(os.environ, LANG='C')
PHOTOS, SIDE, MOST = 20, 318, 15.0  # one piece of a picture takes some 5 s at 8,000 B/s


def jc(data, *args):
    r = subprocess.run([program, '--data', os.path.join(work, data)] + list(args), capture_output=True, text=True, env=env)
    if r.returncode != 0:
        sys.exit('jiceng %s: %s%s' % (' '.join(args), r.stdout, r.stderr))
    return r.stdout


def picture(name):
    """A PNG that does not deflate: about 300 kB."""
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    rows = b''.join(b'\0' + os.urandom(3 * SIDE) for _ in range(SIDE))
    path = os.path.join(work, name)
    with open(path, 'wb') as f:
        f.write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', SIDE, SIDE, 8, 2, 0, 0, 0)) +
                chunk(b'IDAT', zlib.compress(rows, 1)) + chunk(b'IEND', b''))
    return path


def county(sql, *args):
    db = sqlite3.connect('file:%s/h/jiceng.db?mode=ro' % work, uri=True)
    try:
        return db.execute(sql, args).fetchone()[0]
    finally:
        db.close()


def until_there(name):
    t = time.monotonic()
    while not county('SELECT count(*) FROM k_member WHERE name = ?', name):
        if time.monotonic() - t > 10 * MOST:
            sys.exit('%s is not at the county' % name)
        time.sleep(0.05)


jc('h', 'hub', 'init', '--name', '清水县总工会', '--listen', '127.0.0.1:0')
hub = subprocess.Popen([program, '--data', os.path.join(work, 'h'), 'serve'], stdout=subprocess.PIPE, text=True, env=env)
link = sync = None
try:
    port = int(re.search(r'(\d+)$', hub.stdout.readline().strip()).group(1))
    jc('a', 'join', 'https://127.0.0.1:%d' % port, jc('h', 'hub', 'invite', '--branch', '青石镇工会').strip())
    record = jc('a', 'add', 'member', 'name=王小青').split()[0]
    jc('a', 'attach', record, *[picture('%02d.png' % i) for i in range(PHOTOS)])
    link = subprocess.Popen([sys.executable, os.path.join(bench, 'link.py'), '--to', str(port), '--rate', a.rate, '--rtt', '0.6'],
                            stdout=subprocess.PIPE, text=True)
    through = int(link.stdout.readline().split()[1])
    db = sqlite3.connect(os.path.join(work, 'a', 'jiceng.db'))
    db.execute('UPDATE peer SET url = ?', ('https://127.0.0.1:%d' % through,))
    db.commit()
    db.close()
    sync = subprocess.Popen([program, '--data', os.path.join(work, 'a'), 'sync'], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until_there('王小青')
    worst = 0.0
    for i in range(a.edits):
        time.sleep(7 + 4 * i)
        jc('a', 'add', 'member', 'name=李小白%d' % i)
        t = time.monotonic()
        until_there('李小白%d' % i)
        t = time.monotonic() - t
        worst = max(worst, t)
        there = county('SELECT count(*) FROM blob WHERE have = size')
        if there >= PHOTOS:
            sys.exit('the pictures were faster: a lower --rate')
        print('edit %d: at the county %.1f s after it was saved, %d of %d pictures there' % (i + 1, t, there, PHOTOS), flush=True)
    print('worst %.1f s' % worst)
    sys.exit(1 if worst > MOST else 0)
finally:
    for child in (sync, link, hub):
        if child is not None:
            child.send_signal(signal.SIGINT if child is sync else signal.SIGTERM)
            child.wait()
    shutil.rmtree(work)
