// MLflow's scoring server: one model, which no path names.
#include <array>

#include "sidecar/protocol/path_rules.hpp"

namespace mlgateway::protocol {
namespace {

constexpr std::array kPaths = {
    PathRule{"/invocations", kPost, Operation::Infer},
    PathRule{"/ping", kRead, Operation::Ready},
    PathRule{"/health", kRead, Operation::Ready},
    PathRule{"/version", kRead, Operation::Metadata},
};

}  // namespace

std::span<const PathRule> mlflow_paths() { return kPaths; }

}  // namespace mlgateway::protocol
