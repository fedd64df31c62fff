// How limits are told to a caller: RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-11, structured
// fields of RFC 9651), Retry-After, and OpenAI's x-ratelimit-*.
#pragma once

#include <chrono>
#include <span>
#include <string>

#include "sidecar/limits/ledger.hpp"
#include "sidecar/limits/tiers.hpp"

namespace mlgateway::limits {

// Both fields as complete lines ("ratelimit-policy: ...\r\n"), see Policy. `r` is what is left now, in whole units
// rounded down, `t` how long until there is more: never later than Retry-After.
void append_rate_limit_fields(std::string& out, const RouteQuotas& quotas, std::span<const Standing> standings);
// x-ratelimit-limit-requests, -remaining-requests, -reset-requests ("6m0s") of the tightest limit in requests, if any.
void append_openai_fields(std::string& out, std::span<const Standing> standings);
// retry-after, whole seconds rounded up, at least 1; nothing where waiting does not help.
void append_retry_after(std::string& out, const Refusal& refusal);

}  // namespace mlgateway::limits
