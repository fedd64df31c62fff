#include "sidecar/http/connection_options.hpp"

#include "sidecar/http/character.hpp"
#include "sidecar/http/field_id.hpp"
#include "sidecar/http/list.hpp"

namespace mlgateway::http {
namespace {

// Each option of unknown name costs a walk over all fields, so that thousands of them would cost milliseconds.
constexpr std::size_t kMaxOptions = 32;

void mark_hop_by_hop(Fields& fields, std::string_view name) {
  for (Field& field : fields.all()) {
    if (equals_ignoring_case(field.name, name)) field.hop_by_hop = true;
  }
}

Fault apply_option(std::string_view option, Fields& fields, ConnectionOptions& out) {
  if (!is_token(option)) return {"connection option is not a token"};
  if (equals_ignoring_case(option, "close")) {
    out.close = true;
    return {};
  }
  const FieldId id = field_id_of(option);
  if (id == FieldId::KeepAlive) out.keep_alive = true;
  if (is_hop_by_hop(id)) return {};
  if (id != FieldId::Other) return {"connection option names an end-to-end field"};
  mark_hop_by_hop(fields, option);
  return {};
}

}  // namespace

Fault apply_connection_options(Fields& fields, ConnectionOptions& out) {
  std::size_t count = 0;
  for (const Field& field : fields.all()) {
    if (field.id != FieldId::Connection) continue;
    List options(field.value);
    for (std::string_view option; options.next(option);) {
      if (++count > kMaxOptions) return {"too many connection options", Reason::HeadTooLarge};
      if (const Fault fault = apply_option(option, fields, out)) return fault;
    }
  }
  return {};
}

bool persists(const ConnectionOptions& options, int minor_version) {
  return !options.close && (minor_version == 1 || options.keep_alive);
}

}  // namespace mlgateway::http
