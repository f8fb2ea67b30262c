//! The vectors, stage by stage

use http::Method;

use crate::{HOST, Vector};

macro_rules! job {
    () => {
        "53dc6228-c50b-46f7-8ad7-65e7159f1aae"
    };
}

const JOB: &str = job!();

/// An UpdateJobStatus, with a reason that needs encoding.
const CANCEL: &str = concat!(
    "/jobs/",
    job!(),
    "/status?requestedJobStatus=Cancelled\
     &statusUpdateReason=%E5%8F%96%E6%B6%88%E6%93%8D%E4%BD%9C%20%28no%20longer%20needed%29",
);

/// The body of a CreateJob, as the Go SDK writes it.
const CREATE_JOB: &str = "<CreateJobRequest><ClientRequestToken>184ce261-18af-5e3d-3e30-253723cfd937</ClientRe\
    questToken><ConfirmationRequired>false</ConfirmationRequired><Description>example-jo\
    b</Description><Manifest><Location><ETag>&#34;15150651828fa9cdcb8356b6d1c7638b&#34;<\
    /ETag><ObjectArn>qcs::cos:ap-chengdu::sourcebucket-1250000000/manifests/batch-copy-m\
    anifest.csv</ObjectArn></Location><Spec><Fields><member>Bucket</member><member>Key</\
    member></Fields><Format>COSBatchOperations_CSV_V1</Format></Spec></Manifest><Operati\
    on><COSPutObjectCopy><TargetResource>qcs::cos:ap-chengdu:uid/1250000000:destinationb\
    ucket-1250000000</TargetResource></COSPutObjectCopy></Operation><Priority>10</Priori\
    ty><Report><Bucket>qcs::cos:ap-chengdu::sourcebucket-1250000000</Bucket><Enabled>tru\
    e</Enabled><Format>Report_CSV_V1</Format><Prefix>job-result</Prefix><ReportScope>All\
    Tasks</ReportScope></Report><RoleArn>qcs::cam::uin/100000000001:roleName/COS_Batch_Q\
    csRole</RoleArn></CreateJobRequest>";

pub(crate) fn vectors() -> Vec<Vector> {
    let docs_host = "examplebucket-1250000000.cos.ap-beijing.myqcloud.com";
    let docs_path = "exampleobject(腾讯云)";
    let hostile = "a%2Fb%2Bc%3Dd%20e~f%2Ag%27h%28i%29j%21k%3Bl%26m%25n%7Co%22p%E4%B8%AD";
    let common = format!("host={HOST}&x-cos-appid=1250000000");
    let reason = "%E5%8F%96%E6%B6%88%E6%93%8D%E4%BD%9C%20%28no%20longer%20needed%29";
    vec![
        Vector {
            window: [1_557_989_151, 1_557_996_351],
            method: Method::PUT,
            headers: vec![
                ("date", "Thu, 16 May 2019 06:45:51 GMT"),
                ("host", docs_host),
                ("content-type", "text/plain"),
                ("content-length", "13"),
                ("content-md5", "mQ/fVh815F3k6TAUm8m0eg=="),
                ("x-cos-acl", "private"),
                ("x-cos-grant-read", "uin=\"100000000011\""),
            ],
            signed: Some(&[
                "date",
                "host",
                "content-type",
                "content-length",
                "content-md5",
                "x-cos-acl",
                "x-cos-grant-read",
            ]),
            header_list: "content-length;content-md5;content-type;date;host;x-cos-acl;x-cos-grant-read",
            http_string: format!(
                "put\n/{docs_path}\n\ncontent-length=13&content-md5=mQ%2FfVh815F3k6TAUm8m0eg%3D%3D\
                 &content-type=text%2Fplain&date=Thu%2C%2016%20May%202019%2006%3A45%3A51%20GMT\
                 &host={docs_host}&x-cos-acl=private&x-cos-grant-read=uin%3D%22100000000011%22\n"
            ),
            sha1: "8b2751e77f43a0995d6e9eb9477f4b685cca4172",
            signature: "3b8851a11a569213c17ba8fa7dcf2abec6935172",
            ..Vector::batch("upload", "/exampleobject(%E8%85%BE%E8%AE%AF%E4%BA%91)")
        },
        Vector {
            window: [1_557_989_753, 1_557_996_953],
            headers: vec![("date", "Thu, 16 May 2019 06:55:53 GMT"), ("host", docs_host)],
            signed: Some(&["date", "host"]),
            header_list: "date;host",
            url_param_list: "response-cache-control;response-content-type",
            http_string: format!(
                "get\n/{docs_path}\nresponse-cache-control=max-age%3D600\
                 &response-content-type=application%2Foctet-stream\n\
                 date=Thu%2C%2016%20May%202019%2006%3A55%3A53%20GMT&host={docs_host}\n"
            ),
            sha1: "54ecfe22f59d3514fdc764b87a32d8133ea611e6",
            signature: "01681b8c9d798a678e43b685a9f1bba0f6c0e012",
            ..Vector::batch(
                "download",
                "/exampleobject(%E8%85%BE%E8%AE%AF%E4%BA%91)\
                 ?response-content-type=application%2Foctet-stream&response-cache-control=max-age%3D600",
            )
        },
        Vector {
            credentials: ["QmFzZTY0IGlzIGEgZ2VuZXJp", "AKIDZfbOA78asKUYBcXFrJD0a1ICvR98JM"],
            window: [1_480_932_292, 1_481_012_292],
            method: Method::PUT,
            headers: vec![
                ("host", "testbucket-125000000.cos.ap-guangzhou.myqcloud.com"),
                ("x-cos-content-sha1", "db8ac1c259eb89d4a131b253bacfca5f319d54f2"),
                ("x-cos-stroage-class", "nearline"),
            ],
            header_list: "host;x-cos-content-sha1;x-cos-stroage-class",
            http_string:
                "put\n/testfile2\n\nhost=testbucket-125000000.cos.ap-guangzhou.myqcloud.com\
                &x-cos-content-sha1=db8ac1c259eb89d4a131b253bacfca5f319d54f2\
                &x-cos-stroage-class=nearline\n"
                    .into(),
            sha1: "113b22e92b74237531fafbfc8bb9e67be55645c7",
            signature: "ce4ac0ecbcdb30538b3fee0a97cc6389694ce53a",
            ..Vector::batch("Go SDK", "/testfile2")
        },
        Vector {
            sha1: "74d37a33bdc14783207b03ff2421c0fc2ee22e4b",
            signature: "89effff0debb70a86af3595b206e8093bda6efc1",
            ..Vector::batch("V1", "/jobs")
        },
        Vector {
            url_param_list: "jobstatuses;maxresults;nexttoken",
            http_string: format!(
                "get\n/jobs\njobstatuses=Active%2CComplete&maxresults=100&nexttoken={hostile}\n{common}\n"
            ),
            sha1: "73e0c5238ff16223af180910f06dd7f0d69a9484",
            signature: "7f3e4f1d5643d3288368fd94601dea967ffbb824",
            ..Vector::batch(
                "V2",
                "/jobs?jobStatuses=Active%2CComplete&maxResults=100&nextToken=a%2Fb%2Bc%3Dd%20e~f%2A\
                 g%27h%28i%29j%21k%3Bl%26m%25n%7Co%22p%E4%B8%AD",
            )
        },
        Vector {
            url_param_list: "jobstatuses;maxresults;nexttoken",
            http_string: format!(
                "get\n/jobs\njobstatuses=Active%2CComplete&maxresults=100&nexttoken={hostile}\n{common}\n"
            ),
            sha1: "73e0c5238ff16223af180910f06dd7f0d69a9484",
            signature: "7f3e4f1d5643d3288368fd94601dea967ffbb824",
            ..Vector::batch(
                "V2 with its space as the Go SDK sends it",
                "/jobs?jobStatuses=Active%2CComplete&maxResults=100&nextToken=a%2Fb%2Bc%3Dd+e~f%2A\
                 g%27h%28i%29j%21k%3Bl%26m%25n%7Co%22p%E4%B8%AD",
            )
        },
        Vector {
            url_param_list: "jobstatuses;maxresults;nexttoken",
            http_string: format!(
                "get\n/jobs\njobstatuses=Suspended&maxresults=2\
                 &nexttoken=066d919e-49b9-429e-b844-e17ea7b16421\n{common}\n"
            ),
            sha1: "cf92d0a5c5273f129690568a4d4993441e7f611f",
            signature: "8dfef0cf9424ec0f7b86d84209c3decff26b534d",
            ..Vector::batch(
                "V2c",
                "/jobs?jobStatuses=Suspended&maxResults=2\
                 &nextToken=066d919e-49b9-429e-b844-e17ea7b16421",
            )
        },
        Vector {
            method: Method::POST,
            body: CREATE_JOB,
            headers: vec![
                ("host", HOST),
                ("x-cos-appid", "1250000000"),
                ("content-length", "959"),
                ("content-md5", "JNTKndU/iEWUhhCpdJZV6Q=="),
                ("content-type", "application/xml"),
            ],
            header_list: "content-length;content-md5;content-type;host;x-cos-appid",
            http_string: format!(
                "post\n/jobs\n\ncontent-length=959&content-md5=JNTKndU%2FiEWUhhCpdJZV6Q%3D%3D\
                 &content-type=application%2Fxml&{common}\n"
            ),
            sha1: "514bada399b0b4dadd848e03b634ee10bc4cd9c6",
            signature: "0e516dd17e6f85d232eefe0e1816f546bc0217f2",
            ..Vector::batch("V3", "/jobs")
        },
        Vector {
            method: Method::POST,
            body: CREATE_JOB,
            headers: vec![
                ("host", HOST),
                ("x-cos-appid", "1250000000"),
                ("content-length", "959"),
                ("content-md5", "JNTKndU/iEWUhhCpdJZV6Q=="),
                ("content-type", "application/xml"),
            ],
            signed: Some(&["content-length", "content-md5", "host", "x-cos-appid"]),
            header_list: "content-length;content-md5;host;x-cos-appid",
            http_string: format!(
                "post\n/jobs\n\ncontent-length=959&content-md5=JNTKndU%2FiEWUhhCpdJZV6Q%3D%3D\
                 &{common}\n"
            ),
            sha1: "03878a984fe88e052b3fc899e47865592ef20c1b",
            signature: "eee9ad1819715a7338355960ba3a5d9544f5322b",
            ..Vector::batch("V3n", "/jobs")
        },
        Vector {
            token: Some("EXAMPLE-token/with+special=chars~and space"),
            header_list: "host;x-cos-appid;x-cos-security-token",
            http_string: format!(
                "get\n/jobs/{JOB}\n\n{common}\
                 &x-cos-security-token=EXAMPLE-token%2Fwith%2Bspecial%3Dchars~and%20space\n"
            ),
            sha1: "65012c6c71d7c5153858341572e5f8bef2abc1e4",
            signature: "4c6d4be551e99d0fc7f1e243049e8468370309eb",
            ..Vector::batch("V4", concat!("/jobs/", job!()))
        },
        Vector {
            url_param_list: "maxresults",
            http_string: format!("get\n/jobs\nmaxresults=10\n{common}\n"),
            sha1: "fbd672a17bd7f2aa933bc369c5d5e3dda3b1b060",
            signature: "c65f115f56e7fa9c05893d3534db04a30da48594",
            ..Vector::batch("V5a", "/jobs?maxResults=10")
        },
        Vector {
            // The token as a parameter, which is what presigning makes of it.
            url_param_list: "maxresults;x-cos-security-token",
            http_string: format!(
                "get\n/jobs\nmaxresults=10\
                 &x-cos-security-token=EXAMPLE-token%2Fwith%2Bspecial%3Dchars\n{common}\n"
            ),
            sha1: "5dbbdd655c33f2cfec3647a5b96bd0046118245b",
            signature: "a20cb33fe183b9056fe233ff106602b9a6605999",
            ..Vector::batch(
                "V5b",
                "/jobs?maxResults=10&x-cos-security-token=EXAMPLE-token%2Fwith%2Bspecial%3Dchars",
            )
        },
        Vector {
            method: Method::POST,
            headers: vec![("host", HOST), ("x-cos-appid", "1250000000"), ("content-length", "0")],
            header_list: "content-length;host;x-cos-appid",
            url_param_list: "requestedjobstatus;statusupdatereason",
            http_string: format!(
                "post\n/jobs/{JOB}/status\nrequestedjobstatus=Cancelled\
                 &statusupdatereason={reason}\ncontent-length=0&{common}\n"
            ),
            sha1: "e6ccd56821b875f7b03bfe07ddbdcc8987c23497",
            signature: "ef8e98fdb1d541c1c2da81cb23c312e12ff60629",
            ..Vector::batch("V6", CANCEL)
        },
        Vector {
            method: Method::POST,
            headers: vec![("host", HOST), ("x-cos-appid", "1250000000"), ("content-length", "0")],
            signed: Some(&["host", "x-cos-appid"]),
            url_param_list: "requestedjobstatus;statusupdatereason",
            http_string: format!(
                "post\n/jobs/{JOB}/status\nrequestedjobstatus=Cancelled\
                 &statusupdatereason={reason}\n{common}\n"
            ),
            sha1: "1512c8221ae9259601352221bb1588c6d274dd87",
            signature: "44ded6879c8546185565ebe4b815967ee41d32d5",
            ..Vector::batch("V6n", CANCEL)
        },
        Vector {
            method: Method::POST,
            headers: vec![("host", HOST), ("x-cos-appid", "1250000000"), ("content-length", "0")],
            header_list: "content-length;host;x-cos-appid",
            url_param_list: "priority",
            http_string: format!(
                "post\n/jobs/{JOB}/priority\npriority=0\ncontent-length=0&{common}\n"
            ),
            sha1: "8e9646f02a5fbb095d3b433e4770eebad653b1f4",
            signature: "8799dd53891017f333294265092924ce9bcae869",
            ..Vector::batch("V7", concat!("/jobs/", job!(), "/priority?priority=0"))
        },
        Vector {
            method: Method::DELETE,
            http_string: format!("delete\n/jobs/{JOB}\n\n{common}\n"),
            sha1: "e27b67fc31be43f33236dae823494a791917f19f",
            signature: "095a282513eeb42a7a9d7b1af68d66a7e7669096",
            ..Vector::batch("V8", concat!("/jobs/", job!()))
        },
        Vector {
            url_param_list: "jobstatuses;jobstatuses;maxresults",
            http_string: format!(
                "get\n/jobs\njobstatuses=Active&jobstatuses=Ready&maxresults=10\n{common}\n"
            ),
            sha1: "651b0226e72c95af24e2ebfcce088ef5e52d683b",
            signature: "cb72aa8c3b3686f41d5b6e0451eb3128761e01f6",
            ..Vector::batch("V9", "/jobs?jobStatuses=Ready&jobStatuses=Active&maxResults=10")
        },
        Vector {
            headers: vec![("host", "127.0.0.1:9000"), ("x-cos-appid", "1250000000")],
            http_string: "get\n/jobs\n\nhost=127.0.0.1%3A9000&x-cos-appid=1250000000\n".into(),
            sha1: "ff873a7f2b9707fe94952286770b29695f7d8705",
            signature: "7d967c6764ac6636f37b1ce6b0882767a74e9b4a",
            ..Vector::batch("V10", "/jobs")
        },
        Vector {
            // The request of V10 as the Python SDK signs it, which leaves the port out.
            headers: vec![("host", "127.0.0.1"), ("x-cos-appid", "1250000000")],
            http_string: "get\n/jobs\n\nhost=127.0.0.1&x-cos-appid=1250000000\n".into(),
            sha1: "36564dfda1284a39de4142a93e4d5507a25c07d0",
            signature: "b4003ca391252c785520f97d977d49ade09aedd8",
            ..Vector::batch("V10p", "/jobs")
        },
        Vector {
            headers: vec![
                ("host", HOST),
                ("x-cos-appid", "1250000000"),
                ("date", "Wed, 15 May 2019 06:46:40 GMT"),
            ],
            signed: Some(&["date", "host", "x-cos-appid"]),
            header_list: "date;host;x-cos-appid",
            url_param_list: "maxresults",
            http_string: format!(
                "get\n/jobs\nmaxresults=1000\n\
                 date=Wed%2C%2015%20May%202019%2006%3A46%3A40%20GMT&{common}\n"
            ),
            sha1: "e65ad906d9c9144bdca4286d55e27fd2a7351224",
            signature: "896b7057c2dfb6f1ad743ad3386d00cf10153623",
            ..Vector::batch("V11", "/jobs?maxResults=1000")
        },
        Vector {
            signed: Some(&[]),
            header_list: "",
            http_string: "get\n/jobs\n\n\n".into(),
            sha1: "7cd2b6e7a5c9e186c81ba294c44d75e0cff31c61",
            signature: "643f3e2fde8959933142b4b9aa43809210da329c",
            ..Vector::batch("V12", "/jobs")
        },
        Vector {
            signed: Some(&["x-cos-appid"]),
            header_list: "x-cos-appid",
            http_string: "get\n/jobs\n\nx-cos-appid=1250000000\n".into(),
            sha1: "ba09dabc8f7cccfd3616779265cf4ce8158b4983",
            signature: "2abae856483ba2308a130d6d9c967cea2f2a9f82",
            ..Vector::batch("V13", "/jobs")
        },
        Vector {
            headers: vec![("host", "h.example")],
            header_list: "host",
            url_param_list: "acl;foo;foo%2fbar;z;z",
            http_string: "get\n/a/b c+d\nacl=&foo=%20&foo%2fbar=1&z=a&z=b\nhost=h.example\n".into(),
            sha1: "441a159df4aec22c4742944d99d029a8847fc654",
            signature: "2e90d1985a1e241d82092934b9971e5b4ae193da",
            ..Vector::batch("W1", "/a%2Fb%20c+d?Foo%2FBar=1&foo=%20&acl&Z=b&z=a")
        },
    ]
}
