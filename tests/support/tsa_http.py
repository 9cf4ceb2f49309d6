# SPDX-License-Identifier: Apache-2.0
"""RFC 3161 over HTTP for clients that know nothing else: each request becomes
one run of a command (ssh ... tsa), whose exit status becomes the answer's.

usage: tsa_http.py COMMAND...     prints its port, serves on 127.0.0.1
"""
import http.server
import subprocess
import sys


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        length = min(int(self.headers.get("Content-Length", 0)), 4097)
        run = subprocess.run(sys.argv[1:], input=self.rfile.read(length),
                             stdout=subprocess.PIPE, check=False)
        # 75 and 69: not now; all else will not get better.
        status = {0: 200, 75: 503, 69: 503}.get(run.returncode, 400)
        self.send_response(status)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(run.stdout)))
        self.end_headers()
        self.wfile.write(run.stdout)

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
