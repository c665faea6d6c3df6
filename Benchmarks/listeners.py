"""Listens on the TCP ports that are its arguments, over IPv4, and takes every connection.

Prints a line when it listens on all of them. While nobody comes it sends a datagram to the outside
host twice a second: masscan looks at the clock only when a packet arrives, and would wait for ever.
"""
import selectors
import socket
import sys

OUTSIDE = ("198.51.100.2", 9)
beat = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
waiting = selectors.DefaultSelector()
for port in sys.argv[1:]:
    listener = socket.create_server(("0.0.0.0", int(port)), backlog=1024)
    listener.setblocking(False)
    waiting.register(listener, selectors.EVENT_READ)
print("listening", flush=True)
while True:
    connections = waiting.select(0.5)
    if not connections:
        beat.sendto(b"", OUTSIDE)
    for key, _ in connections:
        try:
            key.fileobj.accept()[0].close()
        except OSError:
            # Whoever it was is gone again.
            pass
