"""Segment's own Python library, unchanged, sending to a host.

Usage: segment_python.py HOST WRITE_KEY PACKAGES plain|gzip COUNT
Ends with status 1 when the library reports that something was not taken.
"""

import sys

host, key, packages, packing, count = sys.argv[1:6]
sys.path.insert(0, packages)

import segment.analytics as analytics  # noqa: E402  (the path comes first)

failures = []
analytics.write_key = key
analytics.host = host
analytics.gzip = packing == "gzip"
analytics.on_error = lambda error, items: failures.append((error, len(items)))

user = f"python-{packing}"
analytics.identify(user, {"name": "Ann 李", "email": f"{user}@example.com", "plan": "pro"})
for number in range(int(count)):
    analytics.track(user, "Item Seen", {"number": number}, context={"campaign": {"medium": "cpc", "source": "google"}})
analytics.page(user, "Docs", "Index", {"url": "https://x.test/"})
analytics.group(user, "g-1", {"name": "Acme"})
analytics.flush()
analytics.shutdown()

if failures:
    print(failures, file=sys.stderr)
    sys.exit(1)
