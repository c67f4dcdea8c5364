"""`python -m src.healthcheck PORT PATH`: whether this container's server answers with 200.

For health checks of containers, which carry no other client.
"""

import sys
from http.client import HTTPConnection, HTTPException

TIMEOUT_S = 4


def answers(port: int, path: str) -> bool:
    """Ask on this host; False for a refusal, silence, or any status but 200."""
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(not answers(int(sys.argv[1]), sys.argv[2]))
