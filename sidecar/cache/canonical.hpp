// JSON text as it goes into the cache key: without insignificant white space, all else byte for byte.
//
// Numbers, the order of members and the spelling of strings stay as they were sent: canonical forms that write numbers
// anew merge 64-bit integers that are two. One pass; nothing is copied, the runs are parts of the text.
#pragma once

#include <string_view>

#include "sidecar/cache/json_scan.hpp"

namespace mlgateway::cache {

// Calls `emit` with the text's runs, in order; the text is valid JSON.
template <class Emit>
void emit_canonical(std::string_view json, Emit&& emit) {
  const char* at = json.data();
  const char* const end = at + json.size();
  const char* run = at;
  while ((at = find_white_or_quote(at, end)) < end) {
    if (*at == '"') {
      at = skip_string(at, end);
      continue;
    }
    if (at > run) emit(std::string_view(run, at));
    run = at = skip_white(at, end);
  }
  if (end > run) emit(std::string_view(run, end));
}

// One member of an object: from its name at `at` to the comma or brace behind it, which is returned.
template <class Emit>
const char* emit_member(const char* at, const char* end, Emit&& emit) {
  const char* run = at;
  std::size_t depth = 0;
  while (at < end) {
    if (depth > 0) at = find_structure(at, end);
    if (at == end) break;
    if (*at == '"') {
      at = skip_string(at, end);
    } else if (is_white(*at)) {
      if (at > run) emit(std::string_view(run, at));
      run = at = skip_white(at, end);
    } else {
      const bool closes = is_bracket(*at) && (*at | 0x20) == '}';
      if (depth == 0 && (closes || *at == ',')) break;
      if (is_bracket(*at)) depth = closes ? depth - 1 : depth + 1;
      ++at;
    }
  }
  if (at > run) emit(std::string_view(run, at));
  return at;
}

// The same as emit_canonical, but an object's own members `id` are left out, each with a comma.
template <class Emit>
void emit_canonical_without_id(std::string_view json, Emit&& emit) {
  const char* const end = json.data() + json.size();
  const char* at = skip_white(json.data(), end);
  if (at == end || *at != '{') return emit_canonical(json, emit);
  emit(std::string_view(at++, 1));
  for (bool first = true;; ++at) {
    at = skip_white(at, end);
    if (at == end || *at != '"') break;
    if (is_id({at, skip_string(at, end)})) {
      at = emit_member(at, end, [](std::string_view) {});
    } else {
      if (!first) emit(std::string_view(","));
      first = false;
      at = emit_member(at, end, emit);
    }
    if (at == end || *at != ',') break;
  }
  emit_canonical({at, end}, emit);
}

}  // namespace mlgateway::cache
