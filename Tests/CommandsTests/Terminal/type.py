# SPDX-License-Identifier: Apache-2.0
"""Types at a program on a terminal of its own, and prints what that terminal showed.

type.py SECONDS STEPS PROGRAM [ARGUMENT...]: STEPS is a JSON list of [what to wait for, what to type
then]. At the end it prints how the program ended and whether it left the terminal as it was; each
wait may take SECONDS.
"""
import json, os, pty, select, signal, struct, sys, termios, time
from fcntl import ioctl


def main():
    seconds, steps, command = float(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3:]
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 111, 0, 0))
    before = termios.tcgetattr(theirs)
    child = os.fork()
    if child == 0:
        os.close(ours)
        become_leader(theirs)
        os.execvp(command[0], command)
    seen, place = b"", 0

    def read(until):
        nonlocal seen, place
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            at = seen.find(until, place) if until else -1
            if at >= 0:
                place = at + len(until)
                return True
            if select.select([ours], [], [], 0.1)[0]:
                seen += os.read(ours, 1 << 16)
            elif until is None and os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                return True
        return False

    problem = ""
    for expected, typed in steps:
        if not read(expected.encode()):
            problem = f"'{expected}' did not come"
            break
        if typed == "TERM":
            os.kill(child, signal.SIGTERM)
        else:
            os.write(ours, typed.encode())
    if not problem and not read(None):
        problem = "it did not end"
    if problem:
        os.kill(child, signal.SIGTERM)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    restored = termios.tcgetattr(theirs) == before
    sys.stdout.buffer.write(seen)
    print(f"\n[status {status}] [restored {restored}] [{problem}]")


def become_leader(terminal):
    os.setsid()
    ioctl(terminal, termios.TIOCSCTTY, 0)
    for stream in range(3):
        os.dup2(terminal, stream)


main()
