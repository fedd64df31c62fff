// From what a model has answered to what is kept of it.
#pragma once

#include <string>

#include "sidecar/cache/answer.hpp"
#include "sidecar/cache/freshness.hpp"
#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::cache {

// `fields` are the lines that travel home. An age that the answer had already goes into `made`, and its field is left
// out: whoever writes the answer counts anew.
AnswerPtr kept_answer(int status, std::string fields, std::string body, const Keeping& keeping,
                      config::Protocol protocol, Instant now);

}  // namespace mlgateway::cache
