-- Posts a case's bodies, one after the other; a case of one body posts it again and again.
-- Its arguments: the file of the bodies, one a line, and the file of the token.

-- Read from outside after the run, so they are global.
wrong = 0
exhausted = 0

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(arguments)
  local bodies = {}
  for line in io.lines(arguments[1]) do
    table.insert(bodies, line)
  end
  wrk.method = "POST"
  wrk.headers["content-type"] = "application/json"
  wrk.headers["accept"] = "application/json"
  wrk.headers["authorization"] = "Bearer " .. io.open(arguments[2]):read("*a")
  wrk.body = bodies[1]
  if #bodies > 1 then
    post_each(bodies)
  end
end

-- Whether each was done is looked at here. A case of one body needs no look: its answer is compared as a whole before
-- and after the run, and wrk itself counts answers that are not 200.
function post_each(bodies)
  local next_body = 0
  function request()
    next_body = next_body + 1
    if next_body > #bodies then
      exhausted = exhausted + 1
      next_body = 1
    end
    return wrk.format(nil, nil, nil, bodies[next_body])
  end
  function response(_, _, body)
    if body:sub(1, 8) ~= '{"data":' or not body:find('"userErrors":[]', 1, true) then
      wrong = wrong + 1
    end
  end
end

function done(summary, latency)
  local failed, empty = 0, 0
  for _, thread in ipairs(threads) do
    failed = failed + thread:get("wrong")
    empty = empty + thread:get("exhausted")
  end
  local errors = summary.errors
  io.write(string.format(
    'measured {"requests": %d, "seconds": %f, "p50_us": %f, "p99_us": %f, "wrong": %d, "exhausted": %d, "socket_errors": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99), failed, empty,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
