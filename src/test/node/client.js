// A foreign client: what somebody can do with src/main/proto and a certificate, and nothing else of ours.
// Prints a line for each thing that it has seen to be so, and ends with 1 at the first that is not.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');
const protobuf = require('protobufjs');

const { values: options } = parseArgs({
  options: {
    proto: { type: 'string' }, // the directory src/main/proto
    server: { type: 'string' }, // host:port of a scheduler
    certs: { type: 'string' }, // the directory of ca.crt, admin.crt and admin.key
    random: { type: 'string' }, // a file of bytes that the worker can read too
  },
});

const LOADING = { keepCase: true, longs: String, enums: String, defaults: true, oneofs: true };
const DEADLINE_MILLIS = 60_000;

const read = (name) => fs.readFileSync(path.join(options.certs, name));
const credentials = grpc.credentials.createSsl(read('ca.crt'), read('admin.key'), read('admin.crt'));

const api = grpc.loadPackageDefinition(
  protoLoader.loadSync(['orrery/v1/worker.proto', 'orrery/v1/scheduler.proto'], {
    ...LOADING,
    includeDirs: [options.proto],
  }),
).orrery.v1;
const jobs = new api.Worker(options.server, credentials);

const deadline = () => new Date(Date.now() + DEADLINE_MILLIS);

const call = (client, method, request) =>
  new Promise((resolve, reject) => {
    client[method](request, { deadline: deadline() }, (error, response) =>
      error ? reject(error) : resolve(response),
    );
  });

/** Follows a job to its end: all bytes of both streams, and the final job. */
const follow = (jobId) =>
  new Promise((resolve, reject) => {
    const streams = { OUTPUT_STREAM_STDOUT: [], OUTPUT_STREAM_STDERR: [] };
    const lengths = { OUTPUT_STREAM_STDOUT: 0, OUTPUT_STREAM_STDERR: 0 };
    let finalJob;
    const stream = jobs.StreamJob({ job_id: jobId }, { deadline: deadline() });
    stream.on('error', reject);
    stream.on('data', ({ event, chunk, final_job: final }) => {
      assert.equal(finalJob, undefined, 'nothing comes after the final job');
      assert.notEqual(event, 'gap');
      if (event === 'chunk') {
        assert.equal(Number(chunk.offset), lengths[chunk.stream], 'no byte is missing');
        lengths[chunk.stream] += chunk.data.length;
        streams[chunk.stream].push(chunk.data);
      } else if (event === 'final_job') {
        finalJob = final;
      }
    });
    stream.on('end', () =>
      resolve({
        job: finalJob,
        stdout: Buffer.concat(streams.OUTPUT_STREAM_STDOUT),
        stderr: Buffer.concat(streams.OUTPUT_STREAM_STDERR),
      }),
    );
  });

const shell = (script) => ({ command: 'bash', args: ['-c', script] });

const run = async (request) => {
  const { job_id: jobId } = await call(jobs, 'StartJob', request);
  return follow(jobId);
};

const textArrivesAsItIsWithTheExitCode = async () => {
  const { job, stdout, stderr } = await run(shell('echo "grüß dich"; echo oops >&2; exit 3'));
  assert.equal(stdout.toString('utf8'), 'grüß dich\n');
  assert.equal(stderr.toString('utf8'), 'oops\n');
  assert.equal(job.state, 'JOB_STATE_FAILED');
  assert.equal(job.end.cause, 'END_CAUSE_EXITED');
  assert.equal(job.end.exit_code, 3);
  assert.equal(Number(job.stdout_bytes), stdout.length);
};

const exitCodeZeroIsToldAndNotLeftOut = async () => {
  const { job } = await run(shell('exit 0'));
  assert.equal(job.state, 'JOB_STATE_SUCCEEDED');
  assert.equal(job.end._exit_code, 'exit_code');
  assert.equal(job.end.exit_code, 0);
};

const bytesThatAreNoTextArriveAsTheyAre = async () => {
  const { stdout } = await run(shell(String.raw`printf '\377\376\000\200\303\050\r\n'`));
  assert.deepEqual(stdout, Buffer.from([0xff, 0xfe, 0x00, 0x80, 0xc3, 0x28, 0x0d, 0x0a]));
};

const manyRandomBytesArriveAsTheyAre = async () => {
  const { job, stdout } = await run({ command: 'cat', args: [options.random] });
  assert.ok(stdout.equals(fs.readFileSync(options.random)));
  assert.equal(job.state, 'JOB_STATE_SUCCEEDED');
};

const aSignalIsNoExitCode = async () => {
  const { job } = await run(shell('kill -9 $$'));
  assert.equal(job.state, 'JOB_STATE_FAILED');
  assert.equal(job.end.cause, 'END_CAUSE_SIGNALLED');
  assert.equal(job.end.signal, 9);
  assert.equal(job.end._exit_code, undefined);
};

const aStopEndsTheJob = async () => {
  const { job_id: jobId } = await call(jobs, 'StartJob', shell('sleep 300'));
  const following = follow(jobId);
  const stopped = await call(jobs, 'StopJob', { job_id: jobId });
  assert.deepEqual(stopped.surviving_pids, []);
  assert.equal((await following).job.state, 'JOB_STATE_STOPPED');
};

// google/rpc/status.proto and error_details.proto, as far as they are needed here (AIP-193).
const rpc = protobuf.parse(`
  syntax = "proto3";
  message Any { string type_url = 1; bytes value = 2; }
  message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
  message ErrorInfo { string reason = 1; string domain = 2; map<string, string> metadata = 3; }
  message FieldViolation { string field = 1; string description = 2; }
  message BadRequest { repeated FieldViolation field_violations = 1; }
`, { keepCase: true }).root;

/** The details of an error by the names of their types. */
const details = (error) => {
  const [bytes] = error.metadata.get('grpc-status-details-bin');
  const status = rpc.lookupType('Status').decode(bytes);
  assert.equal(status.code, error.code);
  return Object.fromEntries(
    status.details.map(({ type_url: url, value }) => {
      assert.match(url, /^type\.googleapis\.com\/google\.rpc\./);
      const name = url.slice(url.lastIndexOf('.') + 1);
      return [name, rpc.lookupType(name).decode(value)];
    }),
  );
};

const refused = async (promise) => promise.then(() => assert.fail('not refused'), (error) => error);

const anErrorSaysWhyInAWayThatProgramsCanRead = async () => {
  const jobId = '00000000-0000-4000-8000-000000000000';
  const error = await refused(call(jobs, 'QueryJob', { job_id: jobId }));
  assert.equal(error.code, grpc.status.NOT_FOUND);
  assert.match(error.details, new RegExp(`no job ${jobId}`));
  const { ErrorInfo: info } = details(error);
  assert.equal(info.reason, 'JOB_NOT_FOUND');
  assert.equal(info.domain, 'orrery');
  assert.equal(info.metadata.job_id, jobId);
};

const everyWrongFieldIsNamed = async () => {
  const request = { command: '', args: ['a\0b'], priority: 5000 };
  const error = await refused(call(jobs, 'StartJob', request));
  assert.equal(error.code, grpc.status.INVALID_ARGUMENT);
  const { ErrorInfo: info, BadRequest: bad } = details(error);
  assert.equal(info.reason, 'INVALID_REQUEST');
  assert.deepEqual(
    bad.field_violations.map(({ field }) => field).sort(),
    ['args[0]', 'command', 'priority'],
  );
};

const aStreamOfAnUnknownJobIsRefusedTheSameWay = async () => {
  const error = await refused(follow('00000000-0000-4000-8000-000000000000'));
  assert.equal(error.code, grpc.status.NOT_FOUND);
  assert.equal(details(error).ErrorInfo.reason, 'JOB_NOT_FOUND');
};

const workersAreListedBySchedulers = async () => {
  const scheduler = new api.Scheduler(options.server, credentials);
  const { workers } = await call(scheduler, 'ListWorkers', {});
  assert.equal(workers[0].state, 'WORKER_STATE_ONLINE');
  scheduler.close();
};

// grpc.health.v1 and grpc.reflection.v1, as far as they are needed here.
const standard = grpc.loadPackageDefinition(
  protoLoader.fromJSON(
    protobuf.parse(`
      syntax = "proto3";
      package standard;
      message HealthCheckRequest { string service = 1; }
      message HealthCheckResponse {
        enum ServingStatus { UNKNOWN = 0; SERVING = 1; NOT_SERVING = 2; SERVICE_UNKNOWN = 3; }
        ServingStatus status = 1;
      }
      service Health { rpc Check(HealthCheckRequest) returns (HealthCheckResponse); }
      message ServerReflectionRequest {
        oneof message_request { string file_containing_symbol = 4; string list_services = 7; }
      }
      message FileDescriptorResponse { repeated bytes file_descriptor_proto = 1; }
      message ListServiceResponse { repeated ServiceResponse service = 1; }
      message ServiceResponse { string name = 1; }
      message ServerReflectionResponse {
        oneof message_response {
          FileDescriptorResponse file_descriptor_response = 4;
          ListServiceResponse list_services_response = 6;
        }
      }
      service ServerReflection {
        rpc ServerReflectionInfo(stream ServerReflectionRequest) returns (stream ServerReflectionResponse);
      }
    `, { keepCase: true }).root.toJSON(),
    LOADING,
  ),
).standard;

/** A client of a service whose full name is another than above. */
const standardClient = (service, fullName) => {
  const definition = Object.fromEntries(
    Object.entries(service.service).map(([method, row]) => [
      method,
      { ...row, path: `/${fullName}/${method}` },
    ]),
  );
  return new (grpc.makeGenericClientConstructor(definition, fullName))(options.server, credentials);
};

const healthIsServing = async () => {
  const health = standardClient(standard.Health, 'grpc.health.v1.Health');
  for (const service of ['', 'orrery.v1.Worker', 'orrery.v1.Scheduler']) {
    assert.equal((await call(health, 'Check', { service })).status, 'SERVING');
  }
  const error = await refused(call(health, 'Check', { service: 'orrery.v1.None' }));
  assert.equal(error.code, grpc.status.NOT_FOUND);
  health.close();
};

const reflect = (request) =>
  new Promise((resolve, reject) => {
    const client = standardClient(
      standard.ServerReflection,
      'grpc.reflection.v1.ServerReflection',
    );
    const stream = client.ServerReflectionInfo({ deadline: deadline() });
    const answers = [];
    stream.on('error', reject);
    stream.on('data', (answer) => answers.push(answer));
    stream.on('end', () => {
      client.close();
      assert.equal(answers.length, 1);
      resolve(answers[0]);
    });
    stream.write(request);
    stream.end();
  });

const reflectionListsTheServices = async () => {
  const { list_services_response: list } = await reflect({ list_services: '' });
  const names = list.service.map(({ name }) => name);
  for (const name of ['orrery.v1.Worker', 'orrery.v1.Scheduler', 'grpc.health.v1.Health']) {
    assert.ok(names.includes(name), `${name} in ${names}`);
  }
};

const whatReflectionTellsIsEnoughForAClient = async () => {
  const { file_descriptor_response: files } = await reflect({
    file_containing_symbol: 'orrery.v1.Worker',
  });
  const set = protobuf
    .parse('syntax = "proto3"; message FileDescriptorSet { repeated bytes file = 1; }')
    .root.lookupType('FileDescriptorSet');
  const bytes = set.encode({ file: files.file_descriptor_proto }).finish();
  const told = grpc.loadPackageDefinition(
    protoLoader.loadFileDescriptorSetFromBuffer(Buffer.from(bytes), LOADING),
  ).orrery.v1;
  const client = new told.Worker(options.server, credentials);
  const { job } = await call(client, 'StartJob', shell('exit 0'));
  assert.equal(job.spec.command, 'bash');
  client.close();
};

const checks = [
  textArrivesAsItIsWithTheExitCode,
  exitCodeZeroIsToldAndNotLeftOut,
  bytesThatAreNoTextArriveAsTheyAre,
  manyRandomBytesArriveAsTheyAre,
  aSignalIsNoExitCode,
  aStopEndsTheJob,
  anErrorSaysWhyInAWayThatProgramsCanRead,
  everyWrongFieldIsNamed,
  aStreamOfAnUnknownJobIsRefusedTheSameWay,
  workersAreListedBySchedulers,
  healthIsServing,
  reflectionListsTheServices,
  whatReflectionTellsIsEnoughForAClient,
];

const main = async () => {
  for (const check of checks) {
    await check();
    console.log(`ok ${check.name}`);
  }
  jobs.close();
  console.log(`all ${checks.length} ok`);
};

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
