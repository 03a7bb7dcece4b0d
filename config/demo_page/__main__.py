"""python -m config.demo_page FD, with the page in DEMO_PAGE: what `up` runs beside a demo."""

import json
import os
import sys
from socket import socket

from config.demo_page import Page, Server

Server(socket(fileno=int(sys.argv[1])), Page(**json.loads(os.environ["DEMO_PAGE"]))).serve_forever()
