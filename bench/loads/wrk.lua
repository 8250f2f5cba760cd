-- What wrk is asked to do, and what it says at the end, as one line of JSON.
-- Arguments behind `--`: the method, and the bytes of the letter x in the request's body.

function init(args)
   wrk.method = args[1]
   local bytes = tonumber(args[2])
   if bytes > 0 then wrk.body = string.rep("x", bytes) end
end

function done(summary, latency, requests)
   local errors = summary.errors
   io.write(string.format(
      'report {"requests":%d,"microseconds":%d,"bytes":%d,"errors":%d,"refused":%d,'
         .. '"mean":%.3f,"p50":%.3f,"p99":%.3f,"p999":%.3f}\n',
      summary.requests, summary.duration, summary.bytes,
      errors.connect + errors.read + errors.write + errors.status + errors.timeout, errors.status,
      latency.mean, latency:percentile(50), latency:percentile(99), latency:percentile(99.9)
   ))
end
