"""sentence-transformers on torch: embeds the texts of a file whenever a line comes in, and says how long that took."""

import json
import sys
import time
from pathlib import Path

from sentence_transformers import SentenceTransformer

model = SentenceTransformer(sys.argv[1], device="cpu")
texts = json.loads(Path(sys.argv[2]).read_text("utf-8"))
model.encode(texts[:32], batch_size=32, normalize_embeddings=True)
print(json.dumps({"ready": len(texts)}), flush=True)
for _ in sys.stdin:
    wall, work = time.perf_counter(), time.process_time()
    vectors = model.encode(texts, batch_size=32, normalize_embeddings=True)
    took = time.perf_counter() - wall, time.process_time() - work
    print(json.dumps({"seconds": took[0], "processor": took[1], "first": vectors[0].tolist()}), flush=True)
