// The rules that a GatewayConfig keeps and its types cannot say: ranges, references, uniqueness.
//
// parse() ends with it; whoever builds a config from elsewhere (the operator, a test) can ask it before rendering.
#pragma once

#include "sidecar/base/result.hpp"
#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::config {

// The first rule broken, as Reason::InvalidConfig with the message `path: words` (paths as in the JSON).
//
// Among them: one namespace/name once; models of 1..253 visible characters without '%', '?' and '#' (and without '/'
// unless the protocol is OpenAI; where the protocol names no model, Generic and MLflow, it is the route's name and
// nobody asks for it); exact lower-case hostnames; paths with Generic and only there; versions with unique
// names whose weights sum to 100 (or are all 0: then the route answers 503); overrides naming versions that exist;
// lower-case header names; a header exactly with StickyBy::Header; 1..8 authentication methods, at most one of them
// Anonymous, keys with APIKey and rules for tokens with JWT only; no key twice in a route, so that nobody is mistaken
// for another, and no issuer twice; key sets that jose can read; no term of a cost twice, and none that the protocol
// has no meaning for; routes naming 1..8 quotas that exist in their namespace; tiers and limits with unique names, one
// tier at most without labels, exactly one of rate and budget in each limit, amounts from one millionth to
// kMostMillionths.
Status check(const GatewayConfig& config);

}  // namespace mlgateway::config
