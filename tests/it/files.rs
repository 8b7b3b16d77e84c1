//! Files as people have them: encodings, workbooks, previews, remembered
//! columns, exports that come back the same, imports taken back.

use reqwest::Method;
use rialto_testkit::{TestClient, TestHost, answer, both};
use serde_json::{Value, json};
use std::path::Path;

fn case(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/imports").join(name)).unwrap()
}

async fn preview(http: &TestClient, query: &str, body: impl Into<reqwest::Body>) -> Value {
    let (status, shown) = answer(http.request(Method::POST, &format!("/imports:preview?{query}")).body(body)).await;
    assert_eq!(status, 200, "{shown}");
    shown
}

/// Read a file in, to its end.
async fn import(t: &TestHost, http: &TestClient, query: &str, body: impl Into<reqwest::Body>) -> Value {
    let (status, begun) = answer(http.request(Method::POST, &format!("/imports?{query}")).body(body)).await;
    assert_eq!(status, 202, "{begun}");
    t.drain().await;
    let (_, done) = http.get(&format!("/imports/{}", begun["id"].as_str().unwrap())).await;
    assert_ne!(done["state"], "running", "{done}");
    done
}

async fn errors(http: &TestClient, import: &Value) -> Vec<(i64, String, String)> {
    let (_, page) = http.get(&format!("/imports/{}/errors", import["id"].as_str().unwrap())).await;
    let text = |error: &Value, name: &str| error[name].as_str().unwrap().to_owned();
    let items = page["items"].as_array().unwrap();
    items.iter().map(|e| (e["row"].as_i64().unwrap(), text(e, "field"), text(e, "message"))).collect()
}

async fn take(http: &TestClient, path: &str) -> Vec<u8> {
    let response = http.request(Method::GET, path).send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    response.bytes().await.unwrap().to_vec()
}

fn good_bad(import: &Value) -> (i64, i64) {
    (import["rows_good"].as_i64().unwrap(), import["rows_bad"].as_i64().unwrap())
}

both! {
    async fn a_file_from_a_chinese_windows_is_read_as_it_is(t: TestHost) {
        let http = t.http().await;
        let query = "kind=contacts&region=CN&map=%7B%22%E5%9F%8E%E5%B8%82%22%3A%22region%22%7D";
        let shown = preview(&http, query, case("contacts-gb18030.csv")).await;
        assert_eq!((&shown["report"]["encoding"], &shown["report"]["delimiter"]), (&json!("GB18030"), &json!(",")));
        assert_eq!(shown["rows"][1], json!(["欧阳娜娜", "138-0013-8001", "ouyang@example.com", "呼和浩特", "88002"]));
        assert_eq!(shown["errors"][0]["field"], "phone", "{shown}");
        let (_, contacts) = http.get("/contacts").await;
        assert_eq!(contacts["items"], json!([]), "a preview keeps nothing");

        let done = import(&t, &http, query, case("contacts-gb18030.csv")).await;
        assert_eq!(good_bad(&done), (2, 1), "{done}");
        let csv = take(&http, &format!("/imports/{}/errors.csv", done["id"].as_str().unwrap())).await;
        let csv = String::from_utf8(csv).unwrap();
        assert!(csv.starts_with("\u{feff}姓名,手机号,邮箱,城市,会员号,rialto_row,rialto_error\r\n王小明,12345,"), "{csv}");
        let (_, contacts) = http.get("/contacts").await;
        let names: Vec<&str> = contacts["items"].as_array().unwrap().iter().map(|c| c["name"].as_str().unwrap()).collect();
        assert!(names.contains(&"欧阳娜娜") && names.contains(&"李雷"), "{names:?}");

        // The mended row comes back in another encoding; its columns are remembered by the header alone.
        let header = csv.lines().next().unwrap().trim_start_matches('\u{feff}').to_owned();
        let mended = csv.replace("12345", "13800138002");
        let again = import(&t, &http, "kind=contacts&region=CN", mended).await;
        assert_eq!(good_bad(&again), (1, 0), "{header}: {:?}", errors(&http, &again).await);
        // UTF-16 with tabs, as a spreadsheet's "Unicode text".
        let wide = import(&t, &http, "kind=contacts&region=CN", case("contacts-utf16.txt")).await;
        assert_eq!((&wide["report"]["encoding"], &wide["report"]["delimiter"]), (&json!("UTF-16LE"), &json!("\t")));
        assert_eq!(wide["report"]["remembered"], true, "{wide}");
        assert_eq!(good_bad(&wide), (2, 1));
        let (_, contacts) = http.get("/contacts").await;
        assert_eq!(contacts["items"].as_array().unwrap().len(), 3, "the same people");
    }

    async fn a_file_of_two_encodings_is_told_apart_row_by_row(t: TestHost) {
        let http = t.http().await;
        let done = import(&t, &http, "kind=contacts", case("contacts-two-encodings.csv")).await;
        assert_eq!(good_bad(&done), (3, 2), "{done}");
        assert!(done["report"]["notes"][0].as_str().unwrap().contains("two encodings"), "{done}");
        let wrong = errors(&http, &done).await;
        assert!(wrong.iter().all(|(_, field, text)| field == "row" && text.contains("looks like UTF-8")), "{wrong:?}");
        let (_, csv) = http.text(&format!("/imports/{}/errors.csv", done["id"].as_str().unwrap())).await;
        assert!(csv.contains("赵六,y0@example.com"), "{csv}");
        let mended = import(&t, &http, "kind=contacts", csv).await;
        assert_eq!(good_bad(&mended), (2, 0));
    }

    async fn a_workbook_is_read_by_what_its_cells_hold(t: TestHost) {
        let http = t.http().await;
        let done = import(&t, &http, "kind=contacts&keep_unknown=true", case("contacts-workbook.xlsx")).await;
        assert_eq!((&done["report"]["format"], &done["report"]["sheet"]), (&json!("xlsx"), &json!("会员")));
        assert_eq!(good_bad(&done), (1, 3), "{done}");
        let wrong: Vec<String> = errors(&http, &done).await.into_iter().map(|(_, _, text)| text).collect();
        assert!(wrong[0].contains("never worked out"), "{wrong:?}");
        assert!(wrong[1].contains("15 digits"), "{wrong:?}");
        assert!(wrong[2].contains("#DIV/0!"), "{wrong:?}");
        let (status, no) = answer(http.request(Method::POST, "/imports?kind=contacts&sheet=none").body(case("contacts-workbook.xlsx"))).await;
        assert_eq!(status, 202, "{no}");
        t.drain().await;
        let (_, no) = http.get(&format!("/imports/{}", no["id"].as_str().unwrap())).await;
        assert!(no["state"] == "failed" && no["error"].as_str().unwrap().contains("第二页"), "{no}");
    }

    async fn what_no_import_should_take_is_refused_clearly(t: TestHost) {
        let http = t.http().await;
        // Columns beyond any bound, in the header and in a row.
        let wide = vec![b','; 1_000_000];
        let shown = preview(&http, "kind=contacts", [b"email,x\n".to_vec(), wide.clone(), b"\na@example.com,1\n".to_vec()].concat()).await;
        assert_eq!((&shown["tried"], &shown["errors"][0]["row"]), (&json!(2), &json!(1)), "{shown}");
        let shown = preview(&http, "kind=contacts", wide).await;
        assert!(shown["problems"][0].as_str().unwrap().contains("500 cells"), "{shown}");
        // A workbook that unpacks to more than it may: here, texts of 300 MB in 300 kB.
        let shown = preview(&http, "kind=contacts", bomb()).await;
        assert!(shown["problems"][0].as_str().unwrap().contains("unpacks to more than"), "{shown}");
        let shown = preview(&http, "kind=contacts", b"PK\x03\x04not a workbook".to_vec()).await;
        assert!(shown["problems"][0].as_str().unwrap().contains("no workbook"), "{shown}");
        let shown = preview(&http, "kind=contacts", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec()).await;
        assert!(shown["problems"][0].as_str().unwrap().contains("XLSX"), "{shown}");
        for query in ["encoding=klingon", "zone=Mars", "dates=ymd", "region=XX", "delimiter=x"] {
            let (status, told) = answer(http.request(Method::POST, &format!("/imports:preview?kind=contacts&{query}")).body("a\n")).await;
            assert_eq!(status, 422, "{query}: {told}");
        }
        let left = std::fs::read_dir(t.host().data_dir.join("imports")).map(Iterator::count).unwrap_or(0);
        assert_eq!(left, 0, "nothing of a preview stays");
    }

    async fn an_order_of_the_future_is_a_mistake(t: TestHost) {
        let http = t.http().await;
        import(&t, &http, "kind=products", "sku,name\n茶,茶\n").await;
        let done = import(&t, &http, "kind=orders&zone=Asia/Shanghai", case("orders-future.csv")).await;
        assert_eq!(good_bad(&done), (1, 1), "{done}");
        let wrong = errors(&http, &done).await;
        assert!(wrong[0].1 == "at" && wrong[0].2.contains("future"), "{wrong:?}");
        let (_, orders) = http.get("/orders").await;
        assert_eq!(orders["items"][0]["at"], "2025-12-01T01:30:00Z");
    }

    async fn what_is_exported_comes_back_the_same(t: TestHost) {
        let http = t.http().await;
        let file = "external_id,email,name,tags,consent_email,trait:备注,trait:age\n\
                    1,a@example.com,=1+1,vip;老客户,yes,+86 only,41\n\
                    2,b@example.com,李雷,,no,''=quoted,7.5\n\
                    3,c@example.com,\"a \"\"b\"\", c\",,,＝full,\n";
        let done = import(&t, &http, "kind=contacts&keep_unknown=true", file).await;
        assert_eq!(good_bad(&done), (3, 0), "{:?}", errors(&http, &done).await);
        let first = take(&http, "/exports/contacts").await;
        let text = String::from_utf8(first.clone()).unwrap();
        assert!(text.starts_with("\u{feff}external_id,"), "{text}");
        assert!(text.contains("'=1+1") && text.contains("'+86 only") && text.contains("''=quoted") && text.contains("'＝full"));
        for (path, edit) in [("/exports/contacts?encoding=GB18030", true), ("/exports/contacts?format=xlsx", false)] {
            let mut file = take(&http, path).await;
            if edit {
                // Somebody opens it and changes a cell.
                let (plain, _, _) = encoding_rs::GB18030.decode(&file);
                let edited = plain.replace("李雷", "韩梅梅");
                file = encoding_rs::GB18030.encode(&edited).0.into_owned();
            }
            let done = import(&t, &http, "kind=contacts", file).await;
            assert_eq!(good_bad(&done), (3, 0), "{path}: {:?}", errors(&http, &done).await);
            let now = String::from_utf8(take(&http, "/exports/contacts").await).unwrap();
            assert_eq!(now, text.replace("李雷", "韩梅梅"), "{path}");
        }
        let audited = http.get("/audit").await;
        assert!(audited.1.to_string().contains("export"), "{audited:?}");
        assert_eq!(http.get("/exports/nothing").await.0, 404);
        assert_eq!(http.get("/exports/contacts?encoding=UTF-16").await.0, 422);
    }

    async fn orders_come_back_the_same_from_a_workbook(t: TestHost) {
        let http = t.http().await;
        import(&t, &http, "kind=contacts", "external_id,name\n8,李雷\n").await;
        let file = "number,line,customer,store,at,sku,quantity,amount,discount,currency\n\
                    B1,1,8,旗舰店,2026-01-02T03:04:05Z,茶,2,12.50,0.50,CNY\n\
                    B1,2,8,旗舰店,2026-01-02T03:04:05Z,-5,1,3,0,CNY\n";
        let done = import(&t, &http, "kind=orders", file).await;
        assert_eq!(good_bad(&done), (2, 0), "{:?}", errors(&http, &done).await);
        let before = take(&http, "/exports/orders").await;
        let book = take(&http, "/exports/orders?format=xlsx").await;
        let (status, begun) = http.post(&format!("/imports/{}/undo", done["id"].as_str().unwrap()), &json!(null)).await;
        assert_eq!(status, 202, "{begun}");
        t.drain().await;
        let (_, now) = http.get("/orders").await;
        assert_eq!(now["items"], json!([]), "taken back");
        let again = import(&t, &http, "kind=orders", book).await;
        assert_eq!(good_bad(&again), (2, 0), "{:?}", errors(&http, &again).await);
        assert_eq!(take(&http, "/exports/orders").await, before);
    }

    async fn an_import_is_taken_back_but_for_what_is_in_use(t: TestHost) {
        let http = t.http().await;
        import(&t, &http, "kind=contacts", "external_id,name\n1,before\n").await;
        let done = import(&t, &http, "kind=contacts", "external_id,name\n1,known\n2,free\n3,changed\n4,buyer\n").await;
        let id = done["id"].as_str().unwrap().to_owned();
        t.clock().advance_seconds(60);
        let (_, page) = http.get("/contacts").await;
        let changed = page["items"].as_array().unwrap().iter().find(|c| c["name"] == "changed").unwrap().clone();
        let path = format!("/contacts/{}", changed["id"].as_str().unwrap());
        let patch = http.request(Method::PATCH, &path).header("if-match", format!("\"{}\"", changed["version"]));
        let (status, told) = answer(patch.json(&json!({"name": "changed since"}))).await;
        assert_eq!(status, 200, "{told}");
        let order = "number,customer,at,sku,amount,currency\nC1,4,2026-01-01,x,1,EUR\n";
        import(&t, &http, "kind=orders", order).await;
        assert_eq!(http.post(&format!("/imports/{id}/undo"), &json!(null)).await.0, 202);
        t.drain().await;
        let (_, now) = http.get(&format!("/imports/{id}")).await;
        assert_eq!(now["undo"], json!({"running": false, "removed": 1, "kept": 2}), "{now}");
        let (_, kept) = http.get(&format!("/imports/{id}/kept")).await;
        let mut reasons: Vec<&str> = kept["items"].as_array().unwrap().iter().map(|k| k["reason"].as_str().unwrap()).collect();
        reasons.sort_unstable();
        assert_eq!(reasons, ["changed", "it has orders"]);
        let (_, page) = http.get("/contacts").await;
        let mut names: Vec<&str> = page["items"].as_array().unwrap().iter().map(|c| c["name"].as_str().unwrap()).collect();
        names.sort_unstable();
        assert_eq!(names, ["buyer", "changed since", "known"]);
        assert_eq!(http.post(&format!("/imports/{id}/undo"), &json!(null)).await.0, 409, "once");
        // What was taken back can be read in again.
        let again = import(&t, &http, "kind=contacts", "external_id,name\n2,free\n").await;
        assert_eq!(good_bad(&again), (1, 0));
    }
}

/// A workbook whose shared texts unpack to 300 MB.
fn bomb() -> Vec<u8> {
    use std::io::Write as _;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let deflated = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    zip.start_file("xl/sharedStrings.xml", deflated).unwrap();
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..300 {
        zip.write_all(&zeros).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
