# SPDX-License-Identifier: MulanPSL-2.0
"""A line on loopback to a hub that hangs: _hanging_line.py PORT. Prints its own port. How it hangs is the first line of the file
`fault` in its folder, read whenever a connection comes: KIND AT, where AT counts bytes of that connection.
  fine            all is carried; the file `moved` then says how many bytes went up and down
  silent          takes the connection and nothing more
  mute            takes everything and never answers
  stuck AT        reads AT bytes and then no more
  trickle AT      gives AT bytes of the answer, then half a byte a second
  half AT         gives AT bytes of the answer, then stands still
  cut AT          resets after AT bytes of the answer, and every later connection at once"""
import os, select, socket, struct, sys, time

to = int(sys.argv[1])
listener = socket.socket()
listener.bind(('127.0.0.1', 0))
listener.listen(64)
print(listener.getsockname()[1], flush=True)


class Conn:
    def __init__(self, client, kind, at):
        self.hub = socket.create_connection(('127.0.0.1', to))
        self.client, self.kind, self.at, self.moved, self.next = client, kind, at, [0, 0], 0.0
        for s in (self.client, self.hub):
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def wants(self, d):
        """How many bytes may be read now, up (0) or down (1)."""
        left = self.at - self.moved[d]
        if self.kind == 'silent':
            return 0
        if self.kind == 'stuck' and d == 0 or self.kind == 'half' and d == 1:
            return max(left, 0)
        if self.kind == 'cut' and d == 1:
            return max(left, 1)
        if self.kind == 'trickle' and d == 1:
            return max(left, 1) if left > 0 or time.monotonic() >= self.next else 0
        return 65536

    def move(self, d):
        """False: it is over."""
        a, b = (self.client, self.hub) if d == 0 else (self.hub, self.client)
        try:
            data = a.recv(self.wants(d))
            if data and not (self.kind == 'mute' and d == 1):
                b.sendall(data)
        except OSError:
            return False
        self.moved[d] += len(data)
        self.next = time.monotonic() + 2
        if self.kind == 'cut' and self.moved[1] >= self.at:
            time.sleep(0.01)  # what was sent is read: a reset throws away what is not
            self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
            return False
        return len(data) > 0

    def close(self):
        self.client.close()
        self.hub.close()
        with open('moved.new', 'w') as f:
            f.write('%d %d\n' % tuple(self.moved))
        os.rename('moved.new', 'moved')


conns, down = [], None
while True:
    read = {listener: None}
    for c in conns:
        read.update({s: (c, d) for d, s in enumerate((c.client, c.hub)) if c.wants(d)})
    for s in select.select(list(read), [], [], 0.1)[0]:
        if s is listener:
            client = s.accept()[0]
            fault = open('fault').read().split()
            if fault[0] == 'cut' and down == fault:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
                client.close()
                continue
            down = fault
            conns.append(Conn(client, fault[0], int(fault[1]) if len(fault) > 1 else 0))
        elif read[s][0] in conns and not read[s][0].move(read[s][1]):
            read[s][0].close()
            conns.remove(read[s][0])
    for c in [x for x in conns if x.kind in ('silent', 'stuck')]:  # who is not read from may have gone all the same
        p = select.poll()
        p.register(c.client, select.POLLRDHUP)
        if p.poll(0):
            c.close()
            conns.remove(c)
