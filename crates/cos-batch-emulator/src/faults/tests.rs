use cos_batch::http::Method;

use super::*;

fn wrong(text: &str) -> String {
    text.parse::<Faults>().expect_err("no fault file").to_string()
}

/// Which of the first `count` listings the only fault befalls.
fn befallen(text: &str, seed: u64, count: usize) -> Vec<usize> {
    let mut chooser = Chooser::new(text.parse().expect("a fault file"), seed);
    let befalls = |_: &usize| chooser.next(&Method::GET, "/jobs").is_some();
    (1..=count).filter(befalls).collect()
}

#[test]
fn each_way_to_pick_picks() {
    let fault = |pick: &str| format!("[[fault]]\nlost = \"answer\"\n{pick}");
    assert_eq!(befallen(&fault(""), 0, 3), [1, 2, 3]);
    assert_eq!(befallen(&fault("nth = 2"), 0, 5), [2]);
    assert_eq!(befallen(&fault("nth = [1, 4]"), 0, 5), [1, 4]);
    assert_eq!(befallen(&fault("every = 2"), 0, 7), [2, 4, 6]);
    assert_eq!(befallen(&fault("every = 2\ntimes = 2"), 0, 9), [2, 4]);
    assert!(befallen(&fault("probability = 0"), 0, 1000).is_empty());
    assert_eq!(befallen(&fault("probability = 1.0"), 0, 1000).len(), 1000);
    let some = befallen(&fault("probability = 0.2"), 7, 10_000);
    assert!((1900..2100).contains(&some.len()), "{}", some.len());
    assert_eq!(some, befallen(&fault("probability = 0.2"), 7, 10_000));
    assert_ne!(some, befallen(&fault("probability = 0.2"), 8, 10_000));
}

#[test]
fn a_fault_befalls_what_it_names() {
    let befalls = |text: &str, method: &str, path: &str| {
        let text = format!("[[fault]]\nlost = \"answer\"\n{text}");
        let faults = text.parse().expect("a fault file");
        Chooser::new(faults, 0).next(&method.parse().expect("a method"), path).is_some()
    };
    for (text, method, path, expected) in [
        ("call = \"ListJobs\"", "GET", "/jobs", true),
        ("call = \"ListJobs\"", "POST", "/jobs", false),
        ("call = [\"ListJobs\", \"CreateJob\"]", "POST", "/jobs", true),
        ("call = \"DescribeJob\"", "GET", "/jobs/a", true),
        ("call = \"DescribeJob\"", "GET", "/else", false),
        ("method = \"DELETE\"", "DELETE", "/anything", true),
        ("method = \"DELETE\"", "GET", "/anything", false),
        ("path = \"/jobs\"", "GET", "/jobs", true),
        ("path = \"/jobs\"", "GET", "/jobs/a", false),
        ("path = \"/jobs/*\"", "GET", "/jobs/a", true),
        ("path = \"/jobs/*\"", "GET", "/jobs", false),
        ("path = \"*\"", "OPTIONS", "*", true),
        ("path = \"/jobs*\"\nmethod = \"GET\"", "POST", "/jobs", false),
    ] {
        assert_eq!(befalls(text, method, path), expected, "{text} {method} {path}");
    }
}

/// All that match count, whatever befalls them; the first in the file is the one that happens.
#[test]
fn the_first_of_two_faults_happens() {
    let faults = "[[fault]]\nlost = \"answer\"\nnth = 2\n[[fault]]\nlost = \"request\"\nevery = 2";
    let mut chooser = Chooser::new(faults.parse().expect("a fault file"), 0);
    let mut next = || chooser.next(&Method::GET, "/").map(|(number, _)| number);
    assert_eq!([next(), next(), next(), next()], [None, Some(1), None, Some(2)]);
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    assert_eq!(
        wrong("[[fault]]\nlost = \"answer\"\nprobabilty = 1"),
        "TOML parse error at line 3, column 1\n  |\n3 | probabilty = 1\n  | ^^^^^^^^^^\n\
         unknown field `probabilty`, expected one of `call`, `method`, `path`, `nth`, `every`, \
         `probability`, `times`, `lost`, `repeat`, `delay`, `status`, `body`, `body_file`, \
         `headers`, `drop_headers`, `date`, `cut`, `content_length`, `drip`, `connection`"
    );
    assert_eq!(
        wrong("\n[[fault]]\nstatus = 502"),
        "TOML parse error at line 2, column 1\n  |\n2 | [[fault]]\n  | ^^^^^^^^^\n\
         status: expected lost = \"request\" or lost = \"answer\" with it: has the service carried \
         out the request?"
    );
    for (text, said) in [
        ("fault = 1", "line 1, column 9"),
        ("[[faults]]", "unknown field `faults`, expected `fault`"),
        ("[[fault]]\nlost = 1", "line 2, column 8"),
        ("[[fault]]\nlost = \"both\"", "expected `request` or `answer`"),
        ("[[fault]]\ncall = \"listJobs\"", "call: expected one of CreateJob, DeleteJob, "),
        ("[[fault]]\nmethod = \"a b\"", "method: expected"),
        ("[[fault]]\npath = \"jobs\"", "path: expected"),
        ("[[fault]]\nnth = 0", "nth: expected a number from 1 on"),
        ("[[fault]]\nnth = [1, 0]", "nth: expected a number from 1 on"),
        ("[[fault]]\nevery = 0", "every: expected a number from 1 on"),
        ("[[fault]]\ntimes = 0", "times: expected a number from 1 on"),
        ("[[fault]]\nprobability = 1.5", "probability: expected a number from 0 to 1"),
        ("[[fault]]\nprobability = nan", "probability: expected a number from 0 to 1"),
        ("[[fault]]\nnth = 1\nevery = 1", "expected one of them at most"),
        ("[[fault]]\nrepeat = 1", "repeat: expected a number from 2 to 100"),
        (
            "[[fault]]\nrepeat = 2\nlost = \"request\"",
            "repeat: expected a request that is not lost",
        ),
        ("[[fault]]\ndelay = \"2 apples\"", "delay: expected a time such as \"2s\""),
        ("[[fault]]\ndelay = \"-2s\"", "delay: expected a time such as \"2s\""),
        ("[[fault]]\nlost = \"answer\"\nstatus = 99", "status: expected a number from 200 to 599"),
        ("[[fault]]\nlost = \"answer\"\nbody = \"a\"", "body: expected a status with it"),
        (
            "[[fault]]\nlost = \"answer\"\nstatus = 200\nbody = \"a\"\nbody_file = \"b\"",
            "body_file: expected no body beside it",
        ),
        ("[[fault]]\nlost = \"answer\"\ncut = 1", "lost: there is no answer to change"),
        ("[[fault]]\nheaders = { \"a b\" = \"c\" }", "headers: expected a header's name"),
        ("[[fault]]\nheaders = { a = \"\\n\" }", "headers: expected a header's value for \"a\""),
        ("[[fault]]\ndrop_headers = [\"a b\"]", "drop_headers: expected a header's name"),
        ("[[fault]]\ndate = \"yesterday\"", "date: expected a time such as"),
        ("[[fault]]\ncut = -1", "line 2, column 7"),
        ("[[fault]]\ncontent_length = \"cut\"", "content_length: expected a cut with it"),
        ("[[fault]]\ndrip = { bytes = 0, every = \"1s\" }", "drip: expected 1 byte at least"),
        ("[[fault]]\ndrip = { bytes = 1 }", "missing field `every`"),
        ("[[fault]]\nconnection = \"open\"", "expected one of `close`, `reset`, `silent`"),
    ] {
        let error = wrong(text);
        assert!(error.contains(said), "{text}: {error}");
        assert!(error.contains("at line "), "{text}: {error}");
    }
}

#[test]
fn files_are_found_from_where_the_fault_file_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("faults.toml");
    let fault = "[[fault]]\nlost = \"request\"\nstatus = 502\nbody_file = \"page.html\"\n";
    fs::write(&file, fault).expect("written");
    let said = Faults::read(&file).expect_err("no page").to_string();
    assert!(
        said.starts_with(&format!("{}: ", folder.path().join("page.html").display())),
        "{said}"
    );
    fs::write(folder.path().join("page.html"), [0xff, 0]).expect("written");
    Faults::read(&file).expect("a page of any bytes");

    let said = Faults::read(folder.path().join("none")).expect_err("no file").to_string();
    assert!(said.contains("none: No such file"), "{said}");
    fs::write(&file, "[[fault").expect("written");
    let said = Faults::read(&file).expect_err("no TOML").to_string();
    assert!(said.starts_with(&format!("{}: TOML parse error at line 1", file.display())), "{said}");
}
