// Open Inference Protocol V2 over HTTP: what the specification names, and nothing of a server's own (its repository
// API loads and unloads models).
#include <array>

#include "sidecar/protocol/path_rules.hpp"

namespace mlgateway::protocol {
namespace {

constexpr std::array kPaths = {
    PathRule{"/v2/models/{model}/infer", kPost, Operation::Infer},
    PathRule{"/v2/models/{model}/versions/{version}/infer", kPost, Operation::Infer},
    PathRule{"/v2/models/{model}", kRead, Operation::Metadata},
    PathRule{"/v2/models/{model}/versions/{version}", kRead, Operation::Metadata},
    PathRule{"/v2/models/{model}/ready", kRead, Operation::Ready},
    PathRule{"/v2/models/{model}/versions/{version}/ready", kRead, Operation::Ready},
    PathRule{"/v2/health/live", kRead, Operation::Ready},
    PathRule{"/v2/health/ready", kRead, Operation::Ready},
    PathRule{"/v2", kRead, Operation::Metadata},
};

}  // namespace

std::span<const PathRule> open_inference_v2_paths() { return kPaths; }

}  // namespace mlgateway::protocol
