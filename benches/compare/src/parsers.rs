//! The same page, typed, by what a user would pick instead
//!
//! Each is used as its users do. They do not all check what ours does: aws-smithy-xml neither
//! pairs of tags nor the end, quick-xml no forbidden characters.

use std::borrow::Cow;

use cos_batch::date::parse_timestamp;
use cos_batch::time::OffsetDateTime;
use cos_batch::{JobSummary, ListJobsResult, ProgressSummary};

/// A job under way, for the parsers that give one element after another.
#[derive(Default)]
struct Fields<'a> {
    creation_time: Option<OffsetDateTime>,
    description: Option<Cow<'a, str>>,
    job_id: Option<Cow<'a, str>>,
    operation: Option<Cow<'a, str>>,
    priority: Option<Cow<'a, str>>,
    failed: u64,
    succeeded: u64,
    total: u64,
    status: Option<Cow<'a, str>>,
    termination_date: Option<OffsetDateTime>,
}

impl<'a> Fields<'a> {
    fn set(&mut self, name: &str, text: Cow<'a, str>) {
        if text.is_empty() {
            return;
        }
        match name {
            "CreationTime" => self.creation_time = Some(parse_timestamp(text).unwrap()),
            "Description" => self.description = Some(text),
            "JobId" => self.job_id = Some(text),
            "Operation" => self.operation = Some(text),
            "Priority" => self.priority = Some(text),
            "NumberOfTasksFailed" => self.failed = text.parse().unwrap(),
            "NumberOfTasksSucceeded" => self.succeeded = text.parse().unwrap(),
            "TotalNumberOfTasks" => self.total = text.parse().unwrap(),
            "Status" => self.status = Some(text),
            "TerminationDate" => self.termination_date = Some(parse_timestamp(text).unwrap()),
            _ => {}
        }
    }

    fn job(self) -> JobSummary<'a> {
        let mut job = JobSummary::new(
            self.job_id.unwrap().try_into().unwrap(),
            self.operation.unwrap().parse().unwrap(),
            self.priority.unwrap().parse().unwrap(),
            self.status.unwrap().parse().unwrap(),
            self.creation_time.unwrap(),
        );
        job.description = self.description;
        job.progress_summary = Some(ProgressSummary::new(self.succeeded, self.failed, self.total));
        job.termination_date = self.termination_date;
        job
    }
}

fn page<'a>(jobs: Vec<JobSummary<'a>>, token: Option<Cow<'a, str>>) -> ListJobsResult<'a> {
    let mut page = ListJobsResult::new(jobs);
    page.next_token = token.map(|token| token.try_into().unwrap());
    page
}

/// quick-xml's events, borrowed.
pub fn quick_xml_events(bytes: &[u8]) -> ListJobsResult<'_> {
    use quick_xml::Reader;
    use quick_xml::events::Event;

    let mut reader = Reader::from_str(std::str::from_utf8(bytes).unwrap());
    let (mut jobs, mut token, mut fields) = (Vec::new(), None, Fields::default());
    let mut text = Cow::Borrowed("");
    loop {
        match reader.read_event().unwrap() {
            Event::Start(_) => text = Cow::Borrowed(""),
            Event::Text(part) if text.is_empty() => text = part.xml10_content(),
            Event::Text(part) => text.to_mut().push_str(&part.xml10_content()),
            Event::GeneralRef(reference) => match reference.resolve_char_ref().unwrap() {
                Some(c) => text.to_mut().push(c),
                None => {
                    let name = reference.xml10_content();
                    let named = quick_xml::escape::resolve_predefined_entity(&name);
                    text.to_mut().push_str(named.unwrap());
                }
            },
            Event::End(end) => {
                let name = end.name();
                match name.as_ref() {
                    "member" => {
                        text = Cow::Borrowed("");
                        jobs.push(std::mem::take(&mut fields).job());
                    }
                    "NextToken" => token = Some(std::mem::take(&mut text)),
                    name => {
                        fields.set(name, std::mem::take(&mut text));
                    }
                }
            }
            Event::Eof => return page(jobs, token),
            _ => {}
        }
    }
}

/// quick-xml with serde, into types of one's own.
pub mod quick_xml_serde {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer};
    use time::OffsetDateTime;
    use time::format_description::well_known::Rfc3339;

    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    pub struct Page {
        pub jobs: Jobs,
        pub next_token: Option<String>,
    }

    #[derive(Deserialize)]
    pub struct Jobs {
        #[serde(default)]
        pub member: Vec<Job>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    pub struct Job {
        #[serde(deserialize_with = "moment")]
        pub creation_time: OffsetDateTime,
        pub description: Option<String>,
        pub job_id: String,
        pub operation: String,
        pub priority: u32,
        pub progress_summary: Option<ProgressSummary>,
        pub status: String,
        #[serde(default, deserialize_with = "optional_moment")]
        pub termination_date: Option<OffsetDateTime>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    pub struct ProgressSummary {
        pub number_of_tasks_failed: u64,
        pub number_of_tasks_succeeded: u64,
        pub total_number_of_tasks: u64,
    }

    fn moment<'de, D: Deserializer<'de>>(from: D) -> Result<OffsetDateTime, D::Error> {
        let text = String::deserialize(from)?;
        OffsetDateTime::parse(&text, &Rfc3339).map_err(D::Error::custom)
    }

    fn optional_moment<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<OffsetDateTime>, D::Error> {
        moment(from).map(Some)
    }

    pub fn read(bytes: &[u8]) -> Page {
        quick_xml::de::from_str(std::str::from_utf8(bytes).unwrap()).unwrap()
    }
}

/// aws-smithy-xml, as the code looks that is generated for it.
pub fn aws_smithy_xml(bytes: &[u8]) -> ListJobsResult<'_> {
    use aws_smithy_xml::decode::{Document, ScopedDecoder, try_data};

    fn job<'a>(decoder: &mut ScopedDecoder<'a, '_>, fields: &mut Fields<'a>) {
        while let Some(mut tag) = decoder.next_tag() {
            if tag.start_el().matches("ProgressSummary") {
                job(&mut tag, fields);
            } else {
                let names = [
                    "CreationTime",
                    "Description",
                    "JobId",
                    "Operation",
                    "Priority",
                    "NumberOfTasksFailed",
                    "NumberOfTasksSucceeded",
                    "TotalNumberOfTasks",
                    "Status",
                    "TerminationDate",
                ];
                if let Some(name) = names.into_iter().find(|name| tag.start_el().matches(name)) {
                    fields.set(name, try_data(&mut tag).unwrap());
                }
            }
        }
    }

    let mut document = Document::new(std::str::from_utf8(bytes).unwrap());
    let mut root = document.root_element().unwrap();
    let (mut jobs, mut token) = (Vec::new(), None);
    while let Some(mut tag) = root.next_tag() {
        if tag.start_el().matches("Jobs") {
            while let Some(mut member) = tag.next_tag() {
                let mut fields = Fields::default();
                job(&mut member, &mut fields);
                jobs.push(fields.job());
            }
        } else {
            token = Some(try_data(&mut tag).unwrap());
        }
    }
    page(jobs, token)
}

/// roxmltree: a tree first, then the values.
pub fn roxmltree(bytes: &[u8]) -> ListJobsResult<'_> {
    use roxmltree::{Document, Node, StringStorage};

    fn text<'a>(node: &Node<'_, 'a>) -> Cow<'a, str> {
        match node.first_child().and_then(|child| child.text_storage().cloned()) {
            Some(StringStorage::Borrowed(text)) => Cow::Borrowed(text),
            Some(StringStorage::Owned(text)) => Cow::Owned(text.to_string()),
            None => Cow::Borrowed(""),
        }
    }

    let document = Document::parse(std::str::from_utf8(bytes).unwrap()).unwrap();
    let (mut jobs, mut token) = (Vec::new(), None);
    for child in document.root_element().children().filter(Node::is_element) {
        if child.tag_name().name() == "NextToken" {
            token = Some(text(&child));
            continue;
        }
        for member in child.children().filter(Node::is_element) {
            let mut fields = Fields::default();
            for node in member.descendants().filter(Node::is_element) {
                fields.set(node.tag_name().name(), text(&node));
            }
            jobs.push(fields.job());
        }
    }
    page(jobs, token)
}
