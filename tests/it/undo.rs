//! Imports of every kind taken back: what an import made and nobody changed or
//! used since goes; the rest stays and is named with its reason; a kind that
//! cannot be taken back says why.

use reqwest::Method;
use rialto_store::sql_dynamic;
use rialto_testkit::{TestClient, TestHost, answer, both};
use serde_json::{Value, json};

/// A kind of import and a file of it.
type File = (&'static str, &'static str);

/// One kind tried whole.
struct Case {
    kind: &'static str,
    /// What is there before.
    before: &'static [File],
    /// What is taken back.
    file: &'static str,
    /// What happens in between.
    since: &'static [File],
    removed: i64,
    /// Why each of the others stays, sorted.
    kept: &'static [&'static str],
    /// What stays in the table.
    left: (&'static str, i64),
}

const CASES: &[Case] = &[
    Case {
        kind: "rates",
        before: &[("rates", "from,to,date,rate\nEUR,CNY,2026-01-01,7.8\n")],
        file: "from,to,date,rate\nEUR,CNY,2026-01-01,7.9\nEUR,CNY,2026-01-02,8.0\nUSD,CNY,2026-01-01,7.1\n",
        since: &[("rates", "from,to,date,rate\nUSD,CNY,2026-01-01,7.2\n")],
        removed: 1,
        kept: &[
            "EUR to CNY from 2026-01-01: it took the place of a rate that is no longer known",
            "USD to CNY from 2026-01-01: changed",
        ],
        left: ("exchange_rate", 2),
    },
    Case {
        kind: "refunds",
        before: &[("orders", "number,line,at,sku,amount,currency\nO1,1,2026-01-01,s1,10.00,USD\n")],
        file: "number,order,line,at,amount\nR1,O1,1,2026-01-02,4.00\nR2,O1,1,2026-01-02,6.00\n",
        since: &[],
        removed: 2,
        kept: &[],
        left: ("refund", 0),
    },
    Case {
        kind: "redemptions",
        before: &[("offers", "code,sku\nx1,s1\n"), ("redemptions", "redemption,offer,at\nK1,x1,2026-01-02\n")],
        file: "redemption,offer,at\nK1,x1,2026-01-02\nK2,x1,2026-01-03\n",
        since: &[],
        removed: 1,
        kept: &[],
        left: ("redemption", 1),
    },
    Case {
        kind: "products",
        before: &[("products", "sku,name\np0,before\n")],
        file: "sku,name\np0,renamed\np1,A\np2,B\np3,C\np4,D\n",
        since: &[
            ("offers", "code,sku\nx2,p2\n"),
            ("products", "sku,name\np3,CC\n"),
            ("orders", "number,line,at,sku,amount,currency\nO9,1,2026-01-01,p4,1.00,USD\n"),
        ],
        removed: 1,
        kept: &["an offer is for it", "changed", "orders have it"],
        left: ("product", 4),
    },
    Case {
        kind: "offers",
        before: &[("campaigns", CAMPAIGNS)],
        file: "code,sku\nf1,q1\nf2,q1\nf3,q1\nf4,q1\nf4,q2\n",
        since: &[
            ("offers", "code,sku\nf1,q9\n"),
            ("redemptions", "redemption,offer,at\nK1,f2,2026-01-02\n"),
            ("campaign-offers", "campaign,code\nc1,f3\n"),
        ],
        removed: 1,
        kept: &["a campaign carries it", "changed", "it was redeemed"],
        left: ("offer", 3),
    },
    Case {
        kind: "campaigns",
        before: &[("contacts", "external_id,name\n1,one\n"), ("offers", "code,sku\nf1,q1\n")],
        file: CAMPAIGNS,
        since: &[
            ("campaign-offers", "campaign,code\nc2,f1\n"),
            ("targetings", "campaign,customer,channel,at\nc3,1,direct_mail,2025-03-02T00:00:00Z\n"),
        ],
        removed: 1,
        kept: &["events belong to it", "it carries offers"],
        left: ("campaign", 2),
    },
    Case {
        kind: "campaign-offers",
        before: &[
            ("campaigns", CAMPAIGNS),
            ("offers", "code,sku\nf1,q1\nf2,q1\nf3,q1\n"),
            ("campaign-offers", "campaign,code\nc1,f1\n"),
        ],
        file: "campaign,code\nc1,f1\nc1,f2\nc2,f2\nc2,f3\n",
        since: &[("redemptions", "redemption,offer,campaign,at\nK1,f2,c1,2026-01-02\n")],
        removed: 2,
        kept: &["the offer was redeemed in the campaign"],
        left: ("campaign_offer", 2),
    },
    Case {
        kind: "creatives",
        before: &[("creatives", "code,title\nd0,before\n")],
        file: "code,title,tried,reached\nd0,again,100,5\nd1,A,100,5\nd2,B,100,5\nd3,C,,\n",
        since: &[("creatives", "code,title,label,tried,reached\nd2,B,later,10,1\n")],
        removed: 2,
        kept: &["other results came of it"],
        left: ("creative", 2),
    },
];

const CAMPAIGNS: &str = "code,name,starts_at,ends_at,currency\n\
    c1,One,2025-01-01T00:00:00Z,2025-02-01T00:00:00Z,USD\n\
    c2,Two,2025-02-01T00:00:00Z,2025-03-01T00:00:00Z,USD\n\
    c3,Three,2025-03-01T00:00:00Z,2025-04-01T00:00:00Z,USD\n";

/// Read a file in, to its end; every row of it is good.
async fn import(t: &TestHost, http: &TestClient, (kind, text): File) -> Value {
    let request = http.request(Method::POST, &format!("/imports?kind={kind}&file_name={kind}.csv")).body(text);
    let (status, begun) = answer(request).await;
    assert_eq!(status, 202, "{kind}: {begun}");
    t.drain().await;
    let at = format!("/imports/{}", begun["id"].as_str().unwrap());
    let (_, done) = http.get(&at).await;
    let (_, errors) = http.get(&format!("{at}/errors")).await;
    assert_eq!((done["rows_bad"].as_i64(), done["state"].as_str()), (Some(0), Some("done")), "{kind}: {errors}");
    // Whatever comes next comes later.
    t.clock().advance_seconds(60);
    done
}

async fn count(t: &TestHost, table: &str) -> i64 {
    let mut conn = t.read().await;
    let text = format!("SELECT COUNT(*) FROM {table} WHERE workspace = $1");
    let (rows,): (i64,) = sql_dynamic(text).bind(t.workspace()).fetch_one(&mut conn).await.unwrap();
    rows
}

async fn tried(t: &TestHost, case: &Case) {
    let http = t.http().await;
    for file in case.before {
        import(t, &http, *file).await;
    }
    let done = import(t, &http, (case.kind, case.file)).await;
    for file in case.since {
        import(t, &http, *file).await;
    }
    let at = format!("/imports/{}", done["id"].as_str().unwrap());
    let (status, begun) = http.post(&format!("{at}/undo"), &json!(null)).await;
    assert_eq!(status, 202, "{}: {begun}", case.kind);
    t.drain().await;
    let (_, now) = http.get(&at).await;
    let (_, kept) = http.get(&format!("{at}/kept")).await;
    let mut reasons: Vec<&str> =
        kept["items"].as_array().unwrap().iter().map(|kept| kept["reason"].as_str().unwrap()).collect();
    reasons.sort_unstable();
    assert_eq!(reasons, case.kept, "{}: {now}", case.kind);
    let told = json!({ "running": false, "removed": case.removed, "kept": case.kept.len() });
    assert_eq!(now["undo"], told, "{}: {kept}", case.kind);
    assert_eq!(count(t, case.left.0).await, case.left.1, "{}", case.kind);
    assert_eq!(http.post(&format!("{at}/undo"), &json!(null)).await.0, 409, "{}: once", case.kind);
    // What was taken back can be read in again.
    import(t, &http, (case.kind, case.file)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_kind_is_taken_back_but_for_what_is_in_use_on_sqlite() {
    for case in CASES {
        tried(&TestHost::sqlite().await, case).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_kind_is_taken_back_but_for_what_is_in_use_on_postgres() {
    for case in CASES {
        let Some(host) = TestHost::postgres().await else { return };
        tried(&host, case).await;
    }
}

both! {
    async fn what_cannot_be_taken_back_says_why(t: TestHost) {
        let http = t.http().await;
        import(&t, &http, ("contacts", "external_id,name\n1,one\n")).await;
        import(&t, &http, ("campaigns", CAMPAIGNS)).await;
        import(&t, &http, ("products", "sku,name\np1,A\n")).await;
        for (file, words) in [
            (("events", "external_id,name,at\n1,Visit,2026-01-01T00:00:00Z\n"), "facts that are only ever added to"),
            (
                ("targetings", "campaign,customer,channel,at\nc3,1,direct_mail,2025-03-02T00:00:00Z\n"),
                "each of its rows is an event",
            ),
            (("placements", "sales_channel,sku,starts_at,mailer\ns1,p1,2026-01-01,A\n"), "merged into lists"),
        ] {
            let done = import(&t, &http, file).await;
            let (status, refused) = http.post(&format!("/imports/{}/undo", done["id"].as_str().unwrap()), &json!(null)).await;
            assert_eq!((status.as_u16(), refused["code"].as_str()), (409, Some("import-kept")), "{refused}");
            assert!(refused["detail"].as_str().unwrap().contains(words), "{refused}");
        }
        // Lists of placements name products by number: no product goes under them.
        let done = import(&t, &http, ("products", "sku,name\np2,B\n")).await;
        let at = format!("/imports/{}", done["id"].as_str().unwrap());
        assert_eq!(http.post(&format!("{at}/undo"), &json!(null)).await.0, 202);
        t.drain().await;
        assert_eq!(http.get(&at).await.1["undo"], json!({ "running": false, "removed": 0, "kept": 1 }));
    }
}
