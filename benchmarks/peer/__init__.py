"""What people would pick instead: FastAPI on uvicorn, a random forest on hour and minute, a DataFrame per request."""
