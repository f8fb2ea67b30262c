//! What a server accepts, and what not

use std::time::Instant;

use http::HeaderValue;

use super::*;

#[test]
fn the_vectors_verify_and_no_changed_digit_does() {
    for target in [V5A, V5B, MERGED] {
        assert_eq!(accepted(target), Ok(()), "{target}");
        assert_eq!(strictly(target), Ok(()), "{target}");
        for digit in target.len() - 40..target.len() {
            let mut changed = target.to_owned().into_bytes();
            changed[digit] = if changed[digit] == b'0' { b'1' } else { b'0' };
            let changed = String::from_utf8(changed).expect("text");
            assert!(is_mismatch(&accepted(&changed)), "{changed}");
        }
    }
}

#[test]
fn semicolons_are_escaped_in_either_case_or_not() {
    for form in [";", "%3B", "%3b"] {
        assert_eq!(accepted(&V5A.replace("%3B", form)), Ok(()), "{form}");
        assert_eq!(accepted(&V5B.replace("%3B", form)), Ok(()), "{form}");
        assert_eq!(accepted(&MERGED.replace("%3B", form)), Ok(()), "{form}");
    }
    // As the Node.js SDK writes them: only those of one list are escaped.
    let node = V5B.replace("%3B", ";").replace("maxresults;x-cos", "maxresults%3bx-cos");
    assert_eq!(accepted(&node), Ok(()));
}

#[test]
fn the_order_of_parameters_is_free_and_names_may_be_escaped() {
    let (target, query) = V5A.split_once('?').expect("a query");
    let reversed = query.split('&').rev().collect::<Vec<_>>().join("&");
    assert_eq!(accepted(&format!("{target}?{reversed}")), Ok(()));
    assert_eq!(accepted(&V5A.replace("q-", "%71%2D")), Ok(()));
    assert_eq!(accepted(&MERGED.replace("&sign=", "&%73ign=")), Ok(()));
    assert_eq!(accepted(&V5A.replace("&q-sig", "&Q-SIG")), Err(VerifyError::Unsigned));
}

/// The tokens that the server was asked about, and what it said.
fn asked(target: &str, header: Option<&str>) -> (Vec<Option<String>>, bool) {
    let asked = std::cell::RefCell::new(Vec::new());
    let mut request = request(target);
    if let Some(token) = header {
        let token = HeaderValue::from_str(token).expect("a value");
        request.headers_mut().insert("x-cos-security-token", token);
    }
    let key_of = |_: &str, token: Option<&str>| {
        asked.borrow_mut().push(token.map(str::to_owned));
        (token == Some(TOKEN)).then(key)
    };
    let verified = verify(&request, key_of, &VerifyPolicy::strict(), start()).is_ok();
    (asked.into_inner(), verified)
}

#[test]
fn the_token_is_signed_or_appended_after_signing() {
    let encoded = "EXAMPLE-token%2Fwith%2Bspecial%3Dchars";
    let once = (vec![Some(TOKEN.to_owned())], true);
    assert_eq!(asked(V5B, None), once);
    assert_eq!(asked(&format!("{V5A}&x-cos-security-token={encoded}"), None), once);
    assert_eq!(asked(&format!("{MERGED}&x-cos-security-token={encoded}"), None), once);
    assert_eq!(asked(V5A, Some(TOKEN)), once);
    // As the Node.js SDK appends it, plus and all.
    let (asked_about, verified) = asked(&format!("{V5A}&x-cos-security-token={TOKEN}"), None);
    assert!(verified);
    let spaced = TOKEN.replace('+', " ");
    assert_eq!(asked_about, [Some(spaced), Some(TOKEN.to_owned())]);
    // The header's goes first, and none is none.
    let other = format!("{V5A}&x-cos-security-token=other");
    assert_eq!(asked(&other, Some(TOKEN)), once);
    assert_eq!(asked(V5A, None), (vec![None], false));
    let (asked_about, verified) = asked(&format!("{V5A}&x-cos-security-token=%ff"), None);
    assert_eq!((asked_about, verified), (vec![Some("\u{fffd}".to_owned())], false));
}

#[test]
fn the_header_goes_before_the_query() {
    let mut request = request(V5A);
    request.headers_mut().insert("authorization", HeaderValue::from_static("Bearer x"));
    let policy = VerifyPolicy::default();
    assert!(is_malformed(&verified(&request, &policy)));
    // A presigned request that is signed once more: what the query has is then a parameter.
    request.headers_mut().remove("authorization");
    signer(None).sign(&mut request, start()).expect("signed");
    assert_eq!(verified(&request, &VerifyPolicy::strict()), Ok(()));
    *request.uri_mut() = V5A.replace("c65f", "c66f").parse().expect("a target");
    assert!(is_mismatch(&verified(&request, &policy)));

    let mut signed = super::request("/jobs?maxResults=10");
    signer(None).sign(&mut signed, start()).expect("signed");
    *signed.uri_mut() = V5A.parse().expect("a target");
    assert_eq!(verified(&signed, &policy), Ok(()));
    let refused = verified(&signed, &VerifyPolicy::strict());
    assert_eq!(refused, Err(VerifyError::ParameterNotSigned));
}

#[test]
fn the_seven_go_before_the_merged() {
    assert_eq!(accepted(&format!("{V5A}&sign=x")), Ok(()));
    assert_eq!(strictly(&format!("{V5A}&sign=x")), Err(VerifyError::ParameterNotSigned));
    assert_eq!(accepted(&format!("{MERGED}&q-ak=x")), Ok(()));
    assert_eq!(strictly(&format!("{MERGED}&q-ak=x")), Err(VerifyError::ParameterNotSigned));
}

#[test]
fn the_signatures_own_parameters_are_signed_only_where_they_are_listed() {
    // Else a list of everything could not be told from one of the seven.
    let listed = V5A.replace("list=maxresults", "list=maxresults%3Bq-ak");
    assert!(is_mismatch(&accepted(&listed)));
    let Err(VerifyError::Mismatch { format_string, .. }) = accepted(&listed) else {
        panic!("it is accepted")
    };
    assert!(format_string.as_str().contains(&format!("maxresults=10&q-ak={ID}\n")));
}

#[test]
fn what_stands_twice_is_refused() {
    for (_, pair) in [V5A.split_once('?').expect("a query")] {
        for own in pair.split('&').filter(|pair| pair.starts_with("q-")) {
            assert!(is_malformed(&accepted(&format!("{V5A}&{own}"))), "{own}");
        }
    }
    let (_, sign) = MERGED.split_once("&sign=").expect("a signature");
    assert!(is_malformed(&accepted(&format!("{MERGED}&sign={sign}"))));
    assert!(is_malformed(&accepted(&format!("{MERGED}%26q-ak%3Dother"))));
}

#[test]
fn missing_and_empty_parts_are_refused() {
    let (target, query) = V5A.split_once('?').expect("a query");
    for own in query.split('&').filter(|pair| pair.starts_with("q-")) {
        let rest: Vec<_> = query.split('&').filter(|pair| *pair != own).collect();
        let refused = accepted(&format!("{target}?{}", rest.join("&")));
        let unsigned = own.starts_with("q-signature") && refused == Err(VerifyError::Unsigned);
        assert!(unsigned || is_malformed(&refused), "{own}: {refused:?}");
        let (name, _) = own.split_once('=').expect("a value");
        for empty in [name.to_owned(), format!("{name}=")] {
            assert!(accepted(&V5A.replace(own, &empty)).is_err(), "{empty}");
        }
    }
    for sign in ["sign", "sign=", "sign=%ff", "sign=x", "sign=q-ak%3D"] {
        assert!(is_malformed(&accepted(&format!("/jobs?{sign}"))), "{sign}");
    }
    assert!(is_malformed(&accepted(&V5A.replace("q-ak=", "q-ak=%ff"))));
    assert_eq!(accepted("/jobs?maxResults=10"), Err(VerifyError::Unsigned));
}

#[test]
fn empty_values_and_lists_are_signed_as_they_are() {
    let presigned = signer(None).headers(&[]).presign(&request("/jobs?acl&b="), start());
    let presigned = presigned.expect("presigned").to_string();
    assert!(presigned.contains("&q-header-list=&q-url-param-list=acl%3Bb&"), "{presigned}");
    assert_eq!(accepted(&presigned), Ok(()));
    assert_eq!(accepted(&presigned.replace("acl&b=", "acl=&b")), Ok(()));
    assert!(is_mismatch(&accepted(&presigned.replace("acl&b=", "acl=1&b"))));
}

#[test]
fn a_strict_server_demands_that_other_parameters_are_signed() {
    assert_eq!(accepted(&format!("{V5A}&other=1")), Ok(()));
    for target in [V5A, V5B, MERGED] {
        let refused = strictly(&format!("{target}&other=1"));
        assert_eq!(refused, Err(VerifyError::ParameterNotSigned), "{target}");
    }
}

#[test]
fn the_work_grows_with_the_request_and_no_faster() {
    const LISTED: usize = 200_000;
    let names = (0..10_000).map(|number| format!("{number:x}"));
    let query = names.collect::<Vec<_>>().join("=&");
    let mut request = request(&format!("/jobs?{query}"));
    let began = Instant::now();
    signer(None).sign(&mut request, start()).expect("signed");
    assert_eq!(verified(&request, &VerifyPolicy::strict()), Ok(()));
    // Each name once more, and many that do not occur.
    let authorization = request.headers()["authorization"].to_str().expect("text");
    let absurd: String = (0..LISTED).map(|number| format!("{number:x};")).collect();
    let listed = format!("q-url-param-list={absurd}");
    for list in [listed, format!("q-header-list={absurd}")] {
        let (name, _) = list.split_once('=').expect("a list");
        let authorization = authorization.replace(&format!("{name}="), &list);
        let mut request = request.clone();
        let authorization = HeaderValue::from_str(&authorization).expect("a value");
        request.headers_mut().insert("authorization", authorization);
        verified(&request, &VerifyPolicy::default()).ok();
    }
    // What takes seconds where it is linear would take hours where it is not.
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
}
