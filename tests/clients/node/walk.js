// The generic request of Tencent's Node.js SDK, through all six calls.

const assert = require('assert');
const crypto = require('crypto');
const COS = require('cos-nodejs-sdk-v5');

const ENDPOINT = process.env.COSBATCH_ENDPOINT;

function client(id = 'AKIDWALK', key = 'walk-secret', token = undefined) {
  const options = { Protocol: 'http:', AutoSwitchHost: false };
  if (!token) return new COS({ SecretId: id, SecretKey: key, ...options });
  const now = Math.floor(Date.now() / 1000);
  return new COS({
    ...options,
    getAuthorization: (_, callback) =>
      callback({ TmpSecretId: id, TmpSecretKey: key, SecurityToken: token, StartTime: now - 1, ExpiredTime: now + 900 }),
  });
}

// Sends a request; the status and the document as a text.
function ask(method, path, query = {}, body = undefined, cos = client()) {
  const headers = { 'x-cos-appid': '1250000000' };
  if (body !== undefined) {
    headers['Content-Type'] = 'application/xml';
    headers['Content-MD5'] = crypto.createHash('md5').update(body).digest('base64');
  }
  const request = {
    Method: method,
    Url: ENDPOINT + path,
    Key: path.slice(1),
    Query: query,
    Headers: headers,
    Body: body,
    RawBody: true,
  };
  return new Promise((resolve, reject) => {
    cos.request(request, (error, data) => {
      const answer = error || data;
      if (!answer.statusCode) return reject(error);
      assert(answer.headers['x-cos-request-id'], 'every answer has a request id');
      resolve([answer.statusCode, String((error ? error.code : data.Body) || '')]);
    });
  });
}

const all = (document, element) =>
  [...document.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, 'g'))].map((match) => match[1]);
const one = (document, element) => all(document, element)[0];

function create(token, confirm) {
  const bucket = 'qcs::cos:ap-chengdu:uid/1250000000:src-1250000000';
  return (
    `<CreateJobRequest><ClientRequestToken>${token}</ClientRequestToken>` +
    `<ConfirmationRequired>${confirm}</ConfirmationRequired><Description>清理 2019</Description>` +
    `<Manifest><Location><ETag>15150651828fa9cdcb8356b6d1c7638b</ETag><ObjectArn>${bucket}/list.csv</ObjectArn></Location>` +
    '<Spec><Fields><member>Bucket</member><member>Key</member></Fields><Format>COSBatchOperations_CSV_V1</Format></Spec></Manifest>' +
    '<Operation><COSInitiateRestoreObject><ExpirationInDays>7</ExpirationInDays><JobTier>Bulk</JobTier></COSInitiateRestoreObject></Operation>' +
    `<Priority>10</Priority><Report><Bucket>${bucket}</Bucket><Enabled>true</Enabled><Format>Report_CSV_V1</Format>` +
    '<ReportScope>AllTasks</ReportScope></Report>' +
    '<RoleArn>qcs::cam::uin/100000000001:roleName/COS_Batch_QcsRole</RoleArn></CreateJobRequest>'
  );
}

async function until(job, status) {
  let document;
  for (let n = 0; n < 300; n++) {
    const [got, answer] = await ask('GET', `/jobs/${job}`);
    assert.strictEqual(got, 200);
    document = answer;
    if (one(document, 'Status') === status) return document;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${one(document, 'Status')} for ever, not ${status}`);
}

async function main() {
  // All jobs, page by page.
  const [got, whole] = await ask('GET', '/jobs');
  assert.strictEqual(got, 200);
  const everybody = all(whole, 'JobId');
  assert(everybody.length >= 40, `${everybody.length} jobs`);
  const paged = [];
  for (let token = undefined; token !== ''; ) {
    const query = token ? { maxResults: 7, nextToken: token } : { maxResults: 7 };
    const [got, page] = await ask('GET', '/jobs', query);
    assert.strictEqual(got, 200);
    paged.push(...all(page, 'JobId'));
    token = one(page, 'NextToken') || '';
  }
  assert.deepStrictEqual(paged, everybody, 'pages make the whole');
  const [, page] = await ask('GET', '/jobs', { jobStatuses: 'Active,Failed' });
  assert.deepStrictEqual(new Set(all(page, 'Status')), new Set(['Active', 'Failed']));
  assert.deepStrictEqual(await ask('GET', '/jobs', { maxResults: 0 }), [400, 'InvalidArgument']);

  // A job, from its creation to its deletion.
  const token = crypto.randomUUID();
  const [made, created] = await ask('POST', '/jobs', {}, create(token, true));
  assert.strictEqual(made, 200, created);
  const job = one(created, 'JobId');
  assert.deepStrictEqual(await ask('POST', '/jobs', {}, create(token, true)), [400, 'InvalidRequest']);
  assert.strictEqual(one(await until(job, 'Suspended'), 'Description'), '清理 2019');
  const [changed, priority] = await ask('POST', `/jobs/${job}/priority`, { priority: 2147483647 });
  assert.deepStrictEqual([changed, one(priority, 'Priority')], [200, '2147483647']);
  const reason = "confirmed + 100% 取消操作 (a/b) ~*'!";
  const ready = { requestedJobStatus: 'Ready', statusUpdateReason: reason };
  const [confirmed, status] = await ask('POST', `/jobs/${job}/status`, ready);
  assert.deepStrictEqual([confirmed, one(status, 'Status')], [200, 'Ready']);
  assert.strictEqual(one(status, 'StatusUpdateReason').replace(/&apos;/g, "'"), reason);
  assert(Number(one(await until(job, 'Complete'), 'TotalNumberOfTasks')) > 0);
  assert.deepStrictEqual(await ask('POST', `/jobs/${job}/status`, ready), [400, 'InvalidRequest']);
  assert.deepStrictEqual(await ask('DELETE', `/jobs/${job}`), [204, '']);
  assert.deepStrictEqual(await ask('GET', `/jobs/${job}`), [404, 'NoSuchJob']);

  // Temporary credentials, and none.
  const listing = (cos) => ask('GET', '/jobs', {}, undefined, cos);
  const temporary = await listing(client('AKIDWALKTEMP', 'walk-secret-2', 'walk/token+with=signs'));
  assert.strictEqual(temporary[0], 200);
  const other = await listing(client('AKIDWALKTEMP', 'walk-secret-2', 'another'));
  assert.deepStrictEqual(other, [403, 'InvalidAccessKeyId']);
  assert.deepStrictEqual(await listing(client('AKIDWALK', 'wrong')), [403, 'SignatureDoesNotMatch']);
  assert.deepStrictEqual(await listing(client('AKIDNOBODY')), [403, 'InvalidAccessKeyId']);
  console.log('clients: node: all six calls');
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
