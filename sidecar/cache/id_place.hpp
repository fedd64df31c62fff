// The member `id` of V2's requests and answers: a kept answer is written out with the id of who asks now.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "sidecar/cache/answer.hpp"

namespace mlgateway::cache {

// Where the one top-level `id` stands in an answer's body. None where there is none or two, or where the text is not
// JSON: such an answer stays as it is.
std::optional<IdPlace> id_place(std::string_view json);
// The same for an answer whose `fields` and body are there already: where its field Inference-Header-Content-Length
// says that tensors follow, only the text before them is looked at.
std::optional<IdPlace> id_place(const Answer& answer);

// The raw text, quotes included, of a request's top-level `id`, if it is a string. The text is valid JSON; what follows
// it does not matter.
std::optional<std::string_view> request_id_of(std::string_view json);

// The body for who asks with this id (raw JSON text), to be written one piece after the other. Who asks without one
// gets none; an answer without one stays as it is. The pieces live as long as the answer and the id.
using Pieces = std::array<std::string_view, 3>;
Pieces pieces_for(const Answer& answer, std::optional<std::string_view> id_json);
std::size_t size_of(const Pieces& pieces);

// The answer's fields beside a body of that size. Another id moves the tensors that follow the JSON, and the field
// Inference-Header-Content-Length with them: then the changed lines are made in `scratch`.
std::string_view fields_for(const Answer& answer, std::size_t body_size, std::string& scratch);

}  // namespace mlgateway::cache
