-- Health of a FineTuneJob, from its conditions.
local status = obj.status or {}
local generation = obj.metadata.generation
if status.conditions == nil or (status.observedGeneration or 0) < (generation or 0) then
  return { status = "Progressing", message = "waiting for Attune's operator" }
end
local health = { Complete = "Healthy", Failed = "Degraded", Suspended = "Suspended" }
local message = ""
for _, condition in ipairs(status.conditions) do
  if condition.status == "True" and health[condition.type] ~= nil then
    return { status = health[condition.type], message = condition.message }
  end
  if condition.type == "Ready" then
    message = condition.message
  end
end
return { status = "Progressing", message = message }
