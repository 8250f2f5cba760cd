-- As wrk.lua, but each request has 20 header fields, whose names come again after so many distinct
-- ones: the third argument.

dofile("bench/loads/wrk.lua")

local fieldsOfARequest = 20
local requests = {}
local last = 0
local prepare = init

function init(args)
   prepare(args)
   for first = 1, tonumber(args[3]), fieldsOfARequest do
      local headers = {}
      for name = first, first + fieldsOfARequest - 1 do
         headers[string.format("X-Field-%05d", name)] = "1"
      end
      requests[#requests + 1] = wrk.format(nil, nil, headers)
   end
end

function request()
   last = last % #requests + 1
   return requests[last]
end
