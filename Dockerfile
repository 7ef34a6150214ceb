FROM python:3.12-slim
WORKDIR /netlab
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
ENV NETLAB_HOST=0.0.0.0
EXPOSE 7860
HEALTHCHECK CMD python -c "import urllib.request as web; web.urlopen('http://127.0.0.1:7860/health')"
CMD ["python", "app.py", "--no-browser"]
