"""Writes a synthetic shop in the shape of the Complete Journey year, for places
where that data cannot be fetched. Seeded: the same files every time.
Run as: synthetic_shop.py OUT_FOLDER
"""

import csv
import datetime as dt
import os
import random
import sys

HOUSEHOLDS = 400
PRODUCTS = 1_500
STORES = 6
CAMPAIGNS = 9
FIRST = dt.datetime(2017, 1, 1, 8, 0, 0)
DEPARTMENTS = {
    "GROCERY": ["SOUP", "COFFEE", "SNACKS", "CEREAL", "PASTA"],
    "PRODUCE": ["APPLES", "SALAD", "BERRIES"],
    "DRUG GM": ["SOAP", "VITAMINS", "PAPER TOWELS"],
    "MEAT": ["BEEF", "CHICKEN"],
}


def write(folder, name, header, rows):
    path = os.path.join(folder, name + ".csv")
    count = 0
    with open(path + ".part", "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(header)
        for row in rows:
            out.writerow(row)
            count += 1
    os.replace(path + ".part", path)
    print(f"{name} {count}", flush=True)


def instant(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def make_products(rng):
    kinds = [(d, c) for d, categories in DEPARTMENTS.items() for c in categories]
    for number in range(PRODUCTS):
        department, category = kinds[number % len(kinds)]
        yield {
            "sku": str(100_000 + number),
            "name": f"{category} {number // len(kinds) + 1}",
            "brand": rng.choice(["National", "Private"]),
            "department": department,
            "category": category,
            "price": rng.randrange(49, 1_299),
        }


def make_campaigns(rng, products):
    for number in range(1, CAMPAIGNS + 1):
        start = dt.datetime(2017, 1, 20) + dt.timedelta(days=37 * (number - 1))
        kind = rng.choice(["type_a", "type_b", "type_c"])
        yield {
            "code": f"shop-{number}",
            "name": f"Campaign {number} ({kind.replace('_', ' ').title()})",
            "kind": kind,
            "start": start,
            "end": start + dt.timedelta(days=34, hours=23, minutes=59, seconds=59),
            "products": rng.sample(products, 60),
            "people": sorted(rng.sample(range(1, HOUSEHOLDS + 1), 140)),
        }


def make_lines(rng, products, campaigns):
    """Baskets of every household over the year; those written to buy a little
    more of what their coupons name."""
    basket = 1_000_000
    visits = []
    for household in range(1, HOUSEHOLDS + 1):
        for _ in range(rng.randrange(8, 70)):
            at = FIRST + dt.timedelta(days=rng.randrange(365), minutes=rng.randrange(14 * 60))
            visits.append((at, household))
    for at, household in sorted(visits):
        basket += 1
        store = household % STORES + 1
        chosen = rng.choices(products, k=rng.randrange(1, 9))
        for campaign in campaigns:
            if campaign["start"] <= at <= campaign["end"] and household in campaign["people"] and rng.random() < 0.25:
                chosen.append(rng.choice(campaign["products"]))
        for line, product in enumerate(chosen, 1):
            quantity = rng.choice([0, 1, 1, 1, 1, 2, 3])
            discount = rng.choice([0, 0, 0, 10, 50])
            amount = max(0, quantity * product["price"] - discount)
            yield basket, line, household, store, at, product, quantity, amount, discount if quantity else 0


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    rng = random.Random(7)
    products = list(make_products(rng))
    campaigns = list(make_campaigns(rng, products))
    lines = list(make_lines(rng, products, campaigns))

    traits = "age income home_ownership marital_status household_size household_comp kids_count".split()
    header = "external_id first_name last_name email locale zone region consent_email consent_proof".split()
    people = []
    for household in range(1, HOUSEHOLDS + 1):
        chinese = rng.random() < 0.25
        people.append(
            [household, "住户" if chinese else "Household", household, f"household-{household}@example.com"]
            + ["zh-CN" if chinese else "en", "America/New_York", "US"]
            + ["granted" if rng.random() < 0.92 else "withdrawn", "made up for this demonstration"]
            + ["unknown"] * len(traits)
            + ["everything"]
        )
    write(folder, "contacts", header + traits + ["made_up"], people)
    write(
        folder,
        "products",
        "sku name brand department category kind manufacturer package_size".split(),
        ([p["sku"], p["name"], p["brand"], p["department"], p["category"], p["category"], "", ""] for p in products),
    )
    write(
        folder,
        "campaigns",
        "code name kind objective channel starts_at ends_at currency".split(),
        (
            [c["code"], c["name"], c["kind"], "redeem-coupons", f"mailing_{c['kind']}"]
            + [instant(c["start"]), instant(c["end"]), "USD"]
            for c in campaigns
        ),
    )
    write(
        folder,
        "targetings",
        ["campaign", "customer", "channel", "at"],
        ([c["code"], h, f"mailing_{c['kind']}", instant(c["start"])] for c in campaigns for h in c["people"]),
    )
    write(
        folder,
        "offers",
        ["code", "name", "sku", "campaign"],
        (
            [f"{9_000 + 10 * n + k}", f"Coupon {9_000 + 10 * n + k}", p["sku"], c["code"]]
            for n, c in enumerate(campaigns)
            for k in range(6)
            for p in c["products"][k * 10 : k * 10 + 10]
        ),
    )
    redeemed = []
    for basket, line, household, store, at, product, quantity, amount, discount in lines:
        for n, c in enumerate(campaigns):
            if c["start"] <= at <= c["end"] and household in c["people"] and product in c["products"] and rng.random() < 0.3:
                k = c["products"].index(product) // 10
                redeemed.append([f"shop-{len(redeemed)}", household, 9_000 + 10 * n + k, c["code"], instant(at)])
    write(folder, "redemptions", ["number", "customer", "offer", "campaign", "at"], redeemed)
    write(
        folder,
        "orders",
        "number line customer sales_channel at sku quantity amount discount currency".split(),
        (
            [basket, line, household, store, instant(at), product["sku"], quantity]
            + [f"{amount // 100}.{amount % 100:02}", f"{discount // 100}.{discount % 100:02}", "USD"]
            for basket, line, household, store, at, product, quantity, amount, discount in lines
        ),
    )
    placed = []
    for week in range(1, 54):
        for store in range(1, STORES + 1):
            for product in sorted(rng.sample(products, 90), key=lambda p: p["sku"]):
                display, mailer = rng.choice([("0", "A"), ("1", "0"), ("3", "D")])
                placed.append([store, week, product["sku"], display, mailer])
    write(folder, "placements", ["sales_channel", "week", "sku", "display", "mailer"], placed)


if __name__ == "__main__":
    main()
