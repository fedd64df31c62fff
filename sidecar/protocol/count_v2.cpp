// Open Inference Protocol V2: every input's shape is held against its data.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "sidecar/protocol/counters.hpp"
#include "sidecar/protocol/raw_tensor.hpp"

namespace mlgateway::protocol {
namespace {

// What of an input is looked at. `parameters` only where they say that the data is elsewhere.
struct Input {
  std::string_view name;
  std::string_view datatype;
  std::optional<JsonValue> shape;
  std::optional<JsonValue> data;
  std::optional<JsonValue> raw_size;
  bool in_shared_memory = false;
  std::string unescaped_name = {};
  std::string unescaped_datatype = {};
};

class TensorCounter {
 public:
  TensorCounter(JsonWalk& walk, std::string_view tensors, Counts& counts)
      : walk_(walk), tensors_(tensors), counts_(counts) {}

  bool count(const JsonValue& root) {
    if (!root.is_object()) return walk_.fail({}, "must be a JSON object with a member inputs");
    const JsonPlace here;
    if (!walk_.distinct(root, here)) return false;
    bool has_inputs = false;
    for (const auto& [key, value] : root.members()) {
      if (key != "inputs") {
        if (!walk_.visit(value, here / key)) return false;
        continue;
      }
      has_inputs = true;
      if (!count_inputs(value, here / key)) return false;
    }
    if (!has_inputs) return walk_.fail({}, "has no member inputs");
    if (tensors_.empty()) return true;
    return walk_.fail({}, "has " + std::to_string(tensors_.size()) + " bytes more than its tensors need");
  }

 private:
  bool count_inputs(const JsonValue& value, const JsonPlace& place) {
    if (!value.is_array()) return walk_.fail(place, "must be an array");
    std::size_t index = 0;
    for (const JsonValue input : value.elements()) {
      if (!count_input(input, place[index++])) return false;
    }
    return true;
  }

  bool count_input(const JsonValue& value, const JsonPlace& place) {
    if (!value.is_object()) return walk_.fail(place, "must be an object");
    if (!walk_.distinct(value, place)) return false;
    Input input;
    for (const auto& [key, member] : value.members()) {
      if (!take_member(input, key, member, place / key)) return false;
    }
    if (input.name.empty()) return walk_.fail(place, "needs a name");
    if (!input.shape) return fail(input, place, "needs a shape");
    if (input.datatype.empty()) return fail(input, place, "needs a datatype");
    std::uint64_t elements = 1;
    return read_shape(input, place, elements) && check_data(input, place, elements) && add(input, place, elements);
  }

  bool take_member(Input& input, std::string_view key, const JsonValue& value, const JsonPlace& place) {
    if (key == "name") return take_text(input.name, input.unescaped_name, value, place);
    if (key == "datatype") return take_text(input.datatype, input.unescaped_datatype, value, place);
    if (key == "shape") return take_array(input.shape, value, place);
    if (key == "data") return take_array(input.data, value, place);
    if (!walk_.visit(value, place)) return false;
    if (key != "parameters") return true;
    input.raw_size = value.member("binary_data_size");
    input.in_shared_memory = value.member("shared_memory_region").has_value();
    return true;
  }

  bool take_text(std::string_view& taken, std::string& unescaped, const JsonValue& value, const JsonPlace& place) {
    const auto text = value.string(unescaped);
    if (!text) return walk_.fail(place, "must be a text");
    taken = *text;
    return true;
  }

  bool take_array(std::optional<JsonValue>& taken, const JsonValue& value, const JsonPlace& place) {
    if (!value.is_array()) return walk_.fail(place, "must be an array");
    taken = value;
    return true;
  }

  bool read_shape(const Input& input, const JsonPlace& place, std::uint64_t& elements) {
    shape_.clear();
    for (const JsonValue value : input.shape->elements()) {
      const auto dimension = value.whole();
      if (!dimension) return fail(input, place, "must have whole numbers from 0 as its shape");
      shape_.push_back(*dimension);
    }
    if (std::find(shape_.begin(), shape_.end(), 0u) != shape_.end()) {
      elements = 0;  // however large the other dimensions
      return true;
    }
    for (const std::uint64_t dimension : shape_) {
      if (__builtin_mul_overflow(elements, dimension, &elements)) return fail(input, place, "has too large a shape");
    }
    return true;
  }

  bool check_data(const Input& input, const JsonPlace& place, std::uint64_t elements) {
    const int places = (input.data ? 1 : 0) + (input.raw_size ? 1 : 0) + (input.in_shared_memory ? 1 : 0);
    if (places == 0) return fail(input, place, "needs data");
    if (places > 1) return fail(input, place, "has its data in more than one place");
    if (input.data) return check_json(input, place / "data", elements);
    return input.in_shared_memory || take_raw(input, place, elements);
  }

  // The next tensor behind the JSON part.
  bool take_raw(const Input& input, const JsonPlace& place, std::uint64_t elements) {
    const auto whole = input.raw_size->whole();
    if (!whole) return fail(input, place, "must have a whole number as its binary_data_size");
    const std::uint64_t size = *whole;
    if (size > tensors_.size()) return fail(input, place, "has a binary_data_size beyond the end of the body");
    const std::string_view bytes = tensors_.substr(0, size);
    tensors_.remove_prefix(size);
    const auto each = size_of_datatype(input.datatype);
    if (!each) return fail(input, place, "has a datatype of unknown size");
    const bool texts = *each == 0;
    std::uint64_t wanted = 0;
    const bool overflows = __builtin_mul_overflow(elements, texts ? 4 : *each, &wanted);
    if (!texts) return (!overflows && wanted == size) || fail(input, place, "has a binary_data_size unlike its shape");
    if (overflows || wanted > size || !holds_texts(bytes, elements)) {
      return fail(input, place, "has BYTES unlike its shape");
    }
    return true;
  }

  bool check_json(const Input& input, const JsonPlace& place, std::uint64_t elements) {
    const JsonValue& data = *input.data;
    const bool nested = shape_.size() > 1 && data.items() > 0 && (*data.elements().begin()).is_array();
    if (nested) return check_nested(input, data, 0, place);
    if (!data.is_flat()) return fail(input, place, "must hold values only, nested exactly as its shape or flat");
    const std::uint64_t found = data.items();
    if (found == elements) return true;
    return fail(input, place, "has " + std::to_string(found) + " elements, its shape says " + std::to_string(elements));
  }

  bool check_nested(const Input& input, const JsonValue& array, std::size_t depth, const JsonPlace& place) {
    const bool innermost = depth + 1 == shape_.size();
    std::size_t index = 0;
    if (!innermost || !array.is_flat()) {
      for (const JsonValue value : array.elements()) {
        if (innermost ? !value.is_leaf() : !value.is_array()) {
          return fail(input, place[index], "must hold values only, nested exactly as its shape or flat");
        }
        if (!innermost && !check_nested(input, value, depth + 1, place[index])) return false;
        ++index;
      }
    }
    if (array.items() == shape_[depth]) return true;
    return fail(input, place,
                "has " + std::to_string(array.items()) + " elements, its shape says " + std::to_string(shape_[depth]));
  }

  bool add(const Input& input, const JsonPlace& place, std::uint64_t elements) {
    const std::uint64_t rows = elements == 0 ? 0 : shape_.empty() ? 1 : shape_.front();
    counts_.rows = std::max(counts_.rows, rows);
    if (!__builtin_add_overflow(counts_.elements, elements, &counts_.elements)) return true;
    return fail(input, place, "has too large a shape");
  }

  bool fail(const Input& input, const JsonPlace& place, std::string_view words) {
    return walk_.fail(place, "(" + shown(input.name) + ") " + std::string(words));
  }

  JsonWalk& walk_;
  std::string_view tensors_;  // what is left of them
  Counts& counts_;
  std::vector<std::uint64_t> shape_;
};

}  // namespace

bool count_open_inference_v2(JsonWalk& walk, const JsonValue& root, std::string_view tensors, Counts& counts) {
  return TensorCounter(walk, tensors, counts).count(root);
}

}  // namespace mlgateway::protocol
