// The part of OpenAI's HTTP interface that asks a model for something. The body names the model.
#include <array>

#include "sidecar/protocol/path_rules.hpp"

namespace mlgateway::protocol {
namespace {

constexpr std::array kPaths = {
    PathRule{"/v1/chat/completions", kPost, Operation::Infer, true},
    PathRule{"/v1/completions", kPost, Operation::Infer, true},
    PathRule{"/v1/embeddings", kPost, Operation::Infer, true},
    PathRule{"/v1/responses", kPost, Operation::Infer, true},
    PathRule{"/v1/models", kRead, Operation::ListModels},
    // Names such as meta-llama/Llama-3 are common here, and clients do not encode the slash.
    PathRule{"/v1/models/{models*}", kRead, Operation::Metadata},
};

}  // namespace

std::span<const PathRule> openai_paths() { return kPaths; }

}  // namespace mlgateway::protocol
