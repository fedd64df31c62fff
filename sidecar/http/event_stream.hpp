// Answers that are streams of events (server-sent events): they end by themselves, if ever, and each event counts.
#pragma once

#include "sidecar/http/character.hpp"
#include "sidecar/http/message.hpp"

namespace mlgateway::http {

inline bool is_event_stream(const ResponseHead& head) {
  const Field* const type = head.fields.find(FieldId::ContentType);
  return type && equals_ignoring_case(trim(type->value.substr(0, type->value.find(';'))), "text/event-stream");
}

}  // namespace mlgateway::http
