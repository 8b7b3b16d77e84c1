//! The master key replaced from the command line: whole, stopped half-way, and
//! where it must not be.

use super::lab::Lab;
use rialto_kernel::Keys;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_master_key_is_replaced_and_a_stopped_rotation_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut lab = Lab::new(folder.path(), None);
    lab.key().await;
    let file = folder.path().join("master.key");
    let held = || std::fs::read_to_string(&file).unwrap();
    let first = held();
    let done = lab.run(&["key", "rotate-master"]).await;
    assert_eq!((done["broken"].as_u64(), done["given"].as_bool()), (Some(0), Some(false)), "{done}");
    assert!(held() != first && held().lines().count() == 1);
    lab.run(&["key", "list"]).await;
    assert!(lab.refused(&["key", "rotate-master", "--lang", "zh-CN", "--while-serving", "x"]).await.contains('x'));

    // Stopped after both keys were written: everything works, and it goes on.
    let second = held();
    let both = Keys::new([5; 32]).after(&Keys::from_hex(&second).unwrap());
    std::fs::write(&file, both.to_hex().as_bytes()).unwrap();
    lab.run(&["key", "list"]).await;
    let looked = lab.run(&["doctor"]).await;
    assert!(looked.to_string().contains("is being replaced"), "{looked}");
    lab.run(&["key", "rotate-master"]).await;
    assert_eq!(held().trim(), Keys::new([5; 32]).to_hex().as_str());

    // Never beside a host that may know one key only.
    let running = lab.serve().await;
    let said = lab.refused(&["key", "rotate-master"]).await;
    assert!(said.contains("a host works on this database"), "{said}");
    running.signal("TERM");
    assert!(running.ended().await.success());

    // A wrong key is known before it does harm.
    std::fs::write(&file, &second).unwrap();
    let said = lab.refused(&["key", "list"]).await;
    assert!(said.contains("the master key is not the one"), "{said}");
}
