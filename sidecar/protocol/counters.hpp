// How the data of a request is counted in each protocol. The table of what a row and an element is, for everybody who
// sets prices:
//
// | protocol | request | rows | elements |
// |---|---|---|---|
// | OpenInferenceV2 | any | the largest shape[0] of the inputs; a scalar (shape []) is 1, an input without elements 0 |
// |                 |     |   | sum over the inputs of the product of the shape, which the data must have |
// | KServeV1 | instances | its length | leaves: strings, numbers, true, false, null; {"b64": text} is one |
// |          | inputs: array | its length | leaves |
// |          | inputs: object of arrays | their length, the same in all | leaves |
// | MLflow | dataframe_split | length of data | leaves of data |
// |        | dataframe_records, instances | its length | leaves |
// |        | inputs | array: its length; object: the largest length of a member; else 1 | leaves |
// |        | text/csv | records without the header line and empty lines | their fields |
// |        | messages, prompt, input | as OpenAI | as OpenAI |
// | TorchServe | JSON array, or object with instances | its length | leaves |
// |            | other JSON | 1 | leaves |
// |            | other content types | 1 | 1 |
// | OpenAI | chat/completions | n | messages |
// |        | completions | prompts, times the larger of n and best_of | tokens where prompts are tokens, else prompts |
// |        | embeddings | inputs | tokens where inputs are tokens, else inputs |
// |        | responses | 1 | items of input; 1 for a text or none |
// | Generic | | none | none |
#pragma once

#include <cstdint>
#include <string_view>

#include "sidecar/protocol/json_walk.hpp"

namespace mlgateway::protocol {

struct Counts {
  std::uint64_t rows = 0;
  std::uint64_t elements = 0;
};

// Each visits the whole body. False: walk.fault() tells why.
// `tensors`: what follows the JSON part (binary tensor data extension); empty without it.
bool count_open_inference_v2(JsonWalk& walk, const JsonValue& root, std::string_view tensors, Counts& counts);
bool count_kserve_v1(JsonWalk& walk, const JsonValue& root, Counts& counts);
bool count_mlflow(JsonWalk& walk, const JsonValue& root, Counts& counts);
bool count_torchserve(JsonWalk& walk, const JsonValue& root, Counts& counts);
// `path` is the request's, which tells the endpoint.
bool count_openai(JsonWalk& walk, const JsonValue& root, std::string_view path, Counts& counts);

}  // namespace mlgateway::protocol
