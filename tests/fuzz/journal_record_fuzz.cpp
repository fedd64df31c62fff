// The quota journal's records, libFuzzer's entry; see run.
#include "tests/fuzz/journal_properties.hpp"
#include "tests/fuzz/report.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return mlgateway::fuzz::judge(data, size, &mlgateway::limits::broken_journal_property);
}
