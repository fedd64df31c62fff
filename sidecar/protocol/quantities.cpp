#include "sidecar/protocol/quantities.hpp"

#include <algorithm>
#include <string_view>

#include "sidecar/protocol/counters.hpp"
#include "sidecar/protocol/csv.hpp"
#include "sidecar/protocol/json_outline.hpp"
#include "sidecar/protocol/media_type.hpp"
#include "sidecar/protocol/pointed.hpp"
#include "sidecar/protocol/raw_tensor.hpp"

namespace mlgateway::protocol {
namespace {

using config::Protocol;

// How the body of a request is to be read.
enum class Form : std::uint8_t { Json, Csv, Opaque };

Result<Form> form_of(Protocol protocol, const http::RequestHead& head) {
  const MediaType type = media_type_of(head.fields);
  if (protocol == Protocol::TorchServe) return type.is_json() ? Form::Json : Form::Opaque;
  if (protocol != Protocol::MLflow || type.is("application/json")) return Form::Json;
  if (type.is("text/csv")) return Form::Csv;
  return Error(Reason::BodyUnreadable, "an MLflow body of another content type",
               "the content type must be application/json or text/csv");
}

bool points(std::span<const config::CostTerm> terms) {
  return std::any_of(terms.begin(), terms.end(),
                     [](const auto& term) { return term.quantity == config::Quantity::Pointer; });
}

}  // namespace

struct QuantityReader::Reader {
  JsonOutline outline;
  JsonWalk walk;

  bool count_rows(Protocol protocol, const http::RequestHead& head, const JsonValue& root, std::string_view tensors,
                  Counts& counts) {
    switch (protocol) {
      case Protocol::OpenInferenceV2: return count_open_inference_v2(walk, root, tensors, counts);
      case Protocol::KServeV1: return count_kserve_v1(walk, root, counts);
      case Protocol::OpenAI: return count_openai(walk, root, head.path, counts);
      case Protocol::MLflow: return count_mlflow(walk, root, counts);
      case Protocol::TorchServe: return count_torchserve(walk, root, counts);
      case Protocol::Generic: break;
    }
    return walk.visit(root, {});
  }

  Result<Counted> count_json(Protocol protocol, const http::RequestHead& head, std::string_view body,
                             const Wanted& wanted) {
    Counted counted;
    const auto size =
        protocol == Protocol::OpenInferenceV2 ? json_size_of(head.fields, body.size()) : Result(body.size());
    if (!size) return size.error();
    const auto read = outline.read(body.substr(0, *size));
    if (!read) return read.error();
    const JsonValue root(outline);
    Counts counts;
    const bool walked =
        wanted.rows_and_elements ? count_rows(protocol, head, root, body.substr(*size), counts) : walk.visit(root, {});
    if (!walked) return walk.fault();
    if (!read_pointed(walk, root, wanted.pointers, counted.pointed)) return walk.fault();
    counted.rows = counts.rows;
    counted.elements = counts.elements;
    counted.json = true;
    counted.json_size = *size;
    return counted;
  }

  Result<Counted> count_text(Form form, std::string_view body, const Wanted& wanted) {
    Counted counted;
    if (wanted.rows_and_elements) {
      const auto counts = form == Form::Csv ? count_csv(body) : Result(Counts{1, 1});
      if (!counts) return counts.error();
      counted.rows = counts->rows;
      counted.elements = counts->elements;
    }
    if (!read_pointed(walk, std::nullopt, wanted.pointers, counted.pointed)) return walk.fault();
    return counted;
  }
};

QuantityReader::QuantityReader() : reader_(std::make_unique<Reader>()) {}
QuantityReader::~QuantityReader() = default;
QuantityReader::QuantityReader(QuantityReader&&) noexcept = default;

Result<Counted> QuantityReader::count(config::Protocol protocol, const http::RequestHead& head, std::string_view body,
                                      const Wanted& wanted) {
  if (!wanted.rows_and_elements && !wanted.valid_json && !points(wanted.pointers)) return Counted{};
  const auto form = form_of(protocol, head);
  if (!form) return form.error();
  if (*form != Form::Json) return reader_->count_text(*form, body, wanted);
  auto counted = reader_->count_json(protocol, head, body, wanted);
  reader_->outline.rest();
  reader_->walk.restart();
  return counted;
}

}  // namespace mlgateway::protocol
