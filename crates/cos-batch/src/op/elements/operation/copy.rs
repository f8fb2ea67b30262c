use std::borrow::Cow;

use time::OffsetDateTime;

use super::{key_and_value, tags, write_key_and_value, write_tags};
use crate::date::parse_timestamp;
use crate::error::{BuildError, XmlError};
use crate::model::{
    CannedAccessControlList, Directive, Grant, Grantee, NewObjectMetadata, PutObjectCopy,
    SseAlgorithm, StorageClass, UserMetadata,
};
use crate::op::elements::{AtMost, boolean, text, value};
use crate::value::ValueError;
use crate::xml::{Field, Reader, Writer};

impl<'a> PutObjectCopy<'a> {
    pub(super) fn decode(reader: &mut Reader<'a>) -> Result<Self, XmlError> {
        let (mut access_control, mut metadata, mut tagging) =
            (Field::default(), Field::default(), Field::default());
        let (mut grants, mut new_metadata, mut new_tagging) =
            (Field::default(), Field::default(), Field::default());
        let (mut prefix_replace, mut resources_prefix, mut target_key_prefix) =
            (Field::default(), Field::default(), Field::default());
        let (mut modified, mut un_modified) = (Field::default(), Field::default());
        let (mut canned, mut storage_class, mut target_resource) =
            (Field::default(), Field::default(), Field::default());
        while let Some(name) = reader.child()? {
            match name {
                "AccessControlDirective" => access_control.read(reader, value)?,
                "AccessControlGrants" => grants
                    .read(reader, |reader| reader.list("COSGrant", Grant::decode).map(Some))?,
                "PrefixReplace" => prefix_replace.read(reader, boolean)?,
                "ResourcesPrefix" => {
                    resources_prefix.read(reader, |reader| AtMost::BYTES_1024.read(reader))?;
                }
                "TargetKeyPrefix" => {
                    target_key_prefix.read(reader, |reader| AtMost::BYTES_1024.read(reader))?;
                }
                "CannedAccessControlList" => canned.read(reader, value)?,
                "MetadataDirective" => metadata.read(reader, value)?,
                "ModifiedSinceConstraint" => modified.read(reader, constraint)?,
                "UnModifiedSinceConstraint" => un_modified.read(reader, constraint)?,
                "NewObjectMetadata" => new_metadata
                    .read(reader, |reader| NewObjectMetadata::decode(reader).map(Some))?,
                "TaggingDirective" => tagging.read(reader, value)?,
                "NewObjectTagging" => new_tagging.read(reader, tags)?,
                "StorageClass" => storage_class.read(reader, value)?,
                "TargetResource" => target_resource.read(reader, value)?,
                _ => reader.skip()?,
            }
        }
        Ok(Self {
            access_control_directive: access_control.optional(),
            access_control_grants: grants.optional().unwrap_or_default(),
            canned_access_control_list: canned.optional(),
            prefix_replace: prefix_replace.optional(),
            resources_prefix: resources_prefix.optional(),
            target_key_prefix: target_key_prefix.optional(),
            modified_since_constraint: modified.optional(),
            un_modified_since_constraint: un_modified.optional(),
            metadata_directive: metadata.optional(),
            new_object_metadata: new_metadata.optional().unwrap_or_default(),
            tagging_directive: tagging.optional(),
            new_object_tagging: new_tagging.optional().unwrap_or_default(),
            storage_class: storage_class.optional(),
            target_resource: target_resource.require(reader, "TargetResource")?,
        })
    }

    /// In the order of the docs.
    pub(super) fn encode(&self, writer: &mut Writer) -> Result<(), BuildError> {
        writer.optional("AccessControlDirective", directive(&self.access_control_directive))?;
        if !self.access_control_grants.is_empty() {
            writer.element("AccessControlGrants", |writer| {
                self.access_control_grants.iter().try_for_each(|grant| grant.encode(writer))
            })?;
        }
        if let Some(prefix_replace) = self.prefix_replace {
            writer.value("PrefixReplace", prefix_replace)?;
        }
        let bound = AtMost::BYTES_1024;
        bound.write(writer, "ResourcesPrefix", self.resources_prefix.as_deref())?;
        bound.write(writer, "TargetKeyPrefix", self.target_key_prefix.as_deref())?;
        let canned = self.canned_access_control_list.as_ref().map(CannedAccessControlList::as_str);
        writer.optional("CannedAccessControlList", canned)?;
        writer.optional("MetadataDirective", directive(&self.metadata_directive))?;
        write_constraint(writer, "ModifiedSinceConstraint", self.modified_since_constraint)?;
        write_constraint(writer, "UnModifiedSinceConstraint", self.un_modified_since_constraint)?;
        if self.new_object_metadata != NewObjectMetadata::default() {
            self.new_object_metadata.encode(writer)?;
        }
        writer.optional("TaggingDirective", directive(&self.tagging_directive))?;
        if !self.new_object_tagging.is_empty() {
            writer.element("NewObjectTagging", |writer| {
                write_tags(writer, &self.new_object_tagging)
            })?;
        }
        writer.optional("StorageClass", self.storage_class.as_ref().map(StorageClass::as_str))?;
        writer.text("TargetResource", self.target_resource.as_str())
    }
}

/// A time as Unix seconds, or as a timestamp.
fn constraint(reader: &mut Reader<'_>) -> Result<Option<OffsetDateTime>, XmlError> {
    reader.value(|text: Cow<'_, str>| {
        let seconds = text.parse::<i64>().ok().filter(|_| !text.starts_with('+'));
        match seconds {
            Some(seconds) => OffsetDateTime::from_unix_timestamp(seconds)
                .ok()
                .filter(|time| (0..=9999).contains(&time.year()))
                .ok_or_else(|| ValueError::new("Unix seconds of a year from 0 to 9999", &text)),
            None => parse_timestamp(text),
        }
    })
}

fn write_constraint(
    writer: &mut Writer,
    name: &'static str,
    time: Option<OffsetDateTime>,
) -> Result<(), BuildError> {
    time.map_or(Ok(()), |time| writer.value(name, time.unix_timestamp()))
}

fn directive(directive: &Option<Directive>) -> Option<&str> {
    directive.as_ref().map(Directive::as_str)
}

impl<'a> Grant<'a> {
    fn decode(reader: &mut Reader<'a>) -> Result<Self, XmlError> {
        let (mut grantee, mut permission) = (Field::default(), Field::default());
        while let Some(name) = reader.child()? {
            match name {
                "Grantee" => {
                    grantee.read(reader, |reader| Grantee::decode(reader).map(Some))?;
                }
                "Permission" => permission.read(reader, value)?,
                _ => reader.skip()?,
            }
        }
        Ok(Self {
            grantee: grantee.require(reader, "Grantee")?,
            permission: permission.require(reader, "Permission")?,
        })
    }

    fn encode(&self, writer: &mut Writer) -> Result<(), BuildError> {
        writer.element("COSGrant", |writer| {
            writer.element("Grantee", |writer| {
                let Grantee { display_name, identifier, type_identifier } = &self.grantee;
                writer.optional("DisplayName", display_name.as_deref())?;
                writer.text("Identifier", identifier.as_str())?;
                writer.text("TypeIdentifier", type_identifier.as_str())
            })?;
            writer.text("Permission", self.permission.as_str())
        })
    }
}

impl<'a> Grantee<'a> {
    fn decode(reader: &mut Reader<'a>) -> Result<Self, XmlError> {
        let (mut display_name, mut identifier, mut type_identifier) =
            (Field::default(), Field::default(), Field::default());
        while let Some(name) = reader.child()? {
            match name {
                "DisplayName" => display_name.read(reader, text)?,
                "Identifier" => identifier.read(reader, value)?,
                "TypeIdentifier" => type_identifier.read(reader, value)?,
                _ => reader.skip()?,
            }
        }
        Ok(Self {
            display_name: display_name.optional(),
            identifier: identifier.require(reader, "Identifier")?,
            type_identifier: type_identifier.require(reader, "TypeIdentifier")?,
        })
    }
}

impl<'a> NewObjectMetadata<'a> {
    fn decode(reader: &mut Reader<'a>) -> Result<Self, XmlError> {
        let (mut cache_control, mut disposition, mut encoding, mut content_type) =
            (Field::default(), Field::default(), Field::default(), Field::default());
        let (mut expires, mut sse_algorithm, mut user_metadata) =
            (Field::default(), Field::default(), Field::default());
        while let Some(name) = reader.child()? {
            match name {
                "CacheControl" => cache_control.read(reader, text)?,
                "ContentDisposition" => disposition.read(reader, text)?,
                "ContentEncoding" => encoding.read(reader, text)?,
                "ContentType" => content_type.read(reader, text)?,
                "HttpExpiresDate" => expires.read(reader, text)?,
                "SSEAlgorithm" => sse_algorithm.read(reader, value)?,
                "UserMetadata" => user_metadata.read(reader, |reader| {
                    let member = |reader: &mut Reader<'a>| {
                        let (key, value) = key_and_value(reader)?;
                        Ok(UserMetadata { key, value })
                    };
                    reader.list("member", member).map(Some)
                })?,
                _ => reader.skip()?,
            }
        }
        Ok(Self {
            cache_control: cache_control.optional(),
            content_disposition: disposition.optional(),
            content_encoding: encoding.optional(),
            content_type: content_type.optional(),
            http_expires_date: expires.optional(),
            sse_algorithm: sse_algorithm.optional(),
            user_metadata: user_metadata.optional().unwrap_or_default(),
        })
    }

    fn encode(&self, writer: &mut Writer) -> Result<(), BuildError> {
        writer.element("NewObjectMetadata", |writer| {
            writer.optional("CacheControl", self.cache_control.as_deref())?;
            writer.optional("ContentDisposition", self.content_disposition.as_deref())?;
            writer.optional("ContentEncoding", self.content_encoding.as_deref())?;
            writer.optional("ContentType", self.content_type.as_deref())?;
            writer.optional("HttpExpiresDate", self.http_expires_date.as_deref())?;
            writer
                .optional("SSEAlgorithm", self.sse_algorithm.as_ref().map(SseAlgorithm::as_str))?;
            if !self.user_metadata.is_empty() {
                writer.element("UserMetadata", |writer| {
                    self.user_metadata.iter().try_for_each(|item| {
                        write_key_and_value(writer, "member", &item.key, &item.value)
                    })
                })?;
            }
            Ok(())
        })
    }
}
