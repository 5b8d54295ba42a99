# SPDX-License-Identifier: MulanPSL-2.0
"""A line on loopback that breaks: _breaking_line.py PORT BYTES SEED. Prints its own port, then, at its end (SIGTERM), how many
bytes crossed and how often it broke. Every connection is reset each time about BYTES more have crossed, both ways together."""
import random, select, signal, socket, struct, sys

to, every, rand = int(sys.argv[1]), int(sys.argv[2]), random.Random(int(sys.argv[3]))
state = {'moved': 0, 'cuts': 0, 'left': 0, 'end': False}
listener = socket.socket()
listener.bind(('127.0.0.1', 0))
listener.listen(64)
print(listener.getsockname()[1], flush=True)
peers = {}


def stop(*_):
    state['end'] = True


def close(s, reset=False):
    for x in (s, peers.pop(s, None)):
        if x is not None:
            peers.pop(x, None)
            if reset:
                x.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
            x.close()


signal.signal(signal.SIGTERM, stop)
state['left'] = int(every * (0.5 + rand.random()))
while not state['end']:
    for s in select.select([listener] + list(peers), [], [], 0.1)[0]:
        if s is listener:
            c = s.accept()[0]
            try:
                h = socket.create_connection(('127.0.0.1', to))
            except OSError:
                c.close()
                continue
            for x in (c, h):
                x.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            peers[c], peers[h] = h, c
            continue
        if s not in peers:
            continue
        try:
            data = s.recv(min(1460, state['left']))
            if data:
                peers[s].sendall(data)
        except OSError:
            data = b''
        if not data:
            close(s)
            continue
        state['moved'] += len(data)
        state['left'] -= len(data)
        if state['left'] <= 0:
            select.select([], [], [], 0.003)  # what was sent is read: a reset throws away what is not
            state['left'] = int(every * (0.5 + rand.random()))
            state['cuts'] += 1
            for x in list(peers):
                if x in peers:
                    close(x, True)
print(state['moved'], state['cuts'], flush=True)
