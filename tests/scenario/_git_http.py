#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
"""A stock git server: git http-backend over the bare repositories of a folder, on a free loopback port, which is printed."""
import http.server, os, subprocess, sys

ROOT = os.path.abspath(sys.argv[1])
BACKEND = os.path.join(subprocess.check_output(['git', '--exec-path'], text=True).strip(), 'git-http-backend')


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *args):
        pass

    def serve(self):
        path, _, query = self.path.partition('?')
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        env = dict(os.environ, GIT_PROJECT_ROOT=ROOT, GIT_HTTP_EXPORT_ALL='1', REMOTE_USER='somebody', PATH_INFO=path,
                   QUERY_STRING=query, REQUEST_METHOD=self.command, CONTENT_TYPE=self.headers.get('Content-Type', ''),
                   CONTENT_LENGTH=str(len(body)), GIT_CONFIG_NOSYSTEM='1', HOME=ROOT)
        out = subprocess.run([BACKEND], input=body, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        head, _, content = out.partition(b'\r\n\r\n')
        fields = [line.split(b': ', 1) for line in head.split(b'\r\n') if b': ' in line]
        status = [int(v.split()[0]) for k, v in fields if k == b'Status']
        self.send_response(status[0] if status else 200)
        for k, v in fields:
            if k != b'Status':
                self.send_header(k.decode(), v.decode())
        self.send_header('Content-Length', str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = serve


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
