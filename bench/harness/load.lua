-- Posts a case's bodies, one after the other: each once, or in turn, again and again.
-- Its arguments: the file of the bodies, one a line, the file of the token, and which of the two.

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
  if arguments[3] == "once" then
    post_once(bodies)
  elseif #bodies > 1 then
    post_in_turn(bodies)
  end
end

-- Needs no look at the answers: they are compared as a whole before and after the run, and wrk itself counts those that are
-- not 200. So does a case of one body.
function post_in_turn(bodies)
  local requests, place = {}, 0
  function request()
    if #requests == 0 then
      for index, body in ipairs(bodies) do
        requests[index] = wrk.format(nil, nil, nil, body)
      end
    end
    place = place % #requests + 1
    return requests[place]
  end
end

-- Whether each was done is looked at here.
function post_once(bodies)
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
