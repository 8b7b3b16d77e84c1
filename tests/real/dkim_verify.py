"""Verify a mail's DKIM signature by dkimpy: FOLDER MAIL RECORD SELECTOR DOMAIN."""

import sys

folder, mail, record, selector, domain = sys.argv[1:6]
sys.path.insert(0, folder)

import dkim  # noqa: E402


def dns(name, timeout=5):
    wanted = f"{selector}._domainkey.{domain}."
    asked = name.decode() if isinstance(name, bytes) else name
    assert asked == wanted, f"asked for {asked}, not {wanted}"
    return record.encode()


bytes_ = open(mail, "rb").read()
assert dkim.verify(bytes_, dnsfunc=dns), "the signature does not hold"
assert not dkim.verify(bytes_.replace(b"Hello", b"Hallo", 1), dnsfunc=dns), "a changed subject must not hold"
head = bytes_.split(b"\r\n\r\n", 1)[0].decode().replace("\r\n ", "").replace("\r\n\t", "")
line = next(line for line in head.split("\r\n") if line.lower().startswith("dkim-signature:"))
print(next(tag.strip()[2:] for tag in line.split(";") if tag.strip().startswith("h=")))
